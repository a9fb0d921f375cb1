import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { describe, expect, it } from '@jest/globals';

import { stand } from '../../testing/stand';

const cli = stand();

const diamond = {
  name: 'diamond',
  dag: {
    nodes: [
      { id: 'end', handler: 'output', dependencies: ['left', 'right'] },
      { id: 'left', handler: 'noop', dependencies: ['start'] },
      { id: 'right', handler: 'noop', dependencies: ['start'] },
      { id: 'start', handler: 'input' },
    ],
  },
};

describe('wfe validate', () => {
  it('says what is fine, without an engine', async () => {
    const file = cli.shell.file('fine.json', diamond);
    const { code, out } = await cli.shell.run(['validate', file], { url: 'http://127.0.0.1:1' });
    expect([code, out]).toEqual([0, `✓ ${file}: 4 nodes, 4 dependencies\n`]);
  });

  it('shows each fault at its line, with a caret and advice', async () => {
    const file = cli.shell.file(
      'faults.json',
      '{\n  "name": "x",\n  "dag": { "nodes": [\n    { "id": "a", "handler": "htp", "colour": "red" }\n  ] }\n}\n',
    );
    const { code, out, err } = await cli.shell.run(['validate', file]);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(
      [
        `${file}:4:29 error [UNKNOWN_HANDLER]`,
        '  │',
        '4 │     { "id": "a", "handler": "htp", "colour": "red" }',
        '  │                             ^^^^^',
        '  = ',
      ].join('\n'),
    );
    expect(err).toContain('Did you mean "http"?');
    expect(err).toContain(
      '  │                                    ^^^^^^^^\n  = A node has no field "colour".',
    );
    expect(err).toContain(`2 faults in ${file}.`);
  });

  it.each([
    ['{\n  "name": "x"\n  "dag": {}\n}', '3:3', 'a "," is expected before this'],
    ["{ 'name': 1 }", '1:3', 'double quotes'],
    ['{ "a": 1, }', '1:11', 'a comma must not be the last'],
    ['{ "a": [1, 2', '1:13', 'ends before'],
    ['{} {}', '1:4', 'more behind the end'],
    ['', '1:1', 'the text is empty'],
    ['[1]', '1:1', 'must be'],
    ['7', '1:1', 'A definition is a JSON object'],
  ])('shows where %j stops being a definition', async (text, place, message) => {
    const file = cli.shell.file('broken.json', text);
    const { code, err } = await cli.shell.run(['validate', file]);
    expect(code).toBe(1);
    expect(err).toContain(`${file}:${place} error`);
    expect(err).toContain(message);
    expect(err.includes('comma must not')).toBe(text.includes(', }'));
  });

  it('keeps to the line when the file has only one', async () => {
    const nodes = Array.from({ length: 50 }, (_, index) => ({ id: `n${index}`, handler: 'noop' }));
    nodes.push({ id: 'bad id', handler: 'noop' });
    const { err } = await cli.shell.run([
      'validate',
      cli.shell.file('long.json', JSON.stringify({ name: 'x', dag: { nodes } })),
    ]);
    const [source = '', carets = ''] = err.split('\n').slice(2, 4);
    expect(source.length).toBeLessThan(110);
    expect(source.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('"bad id"');
  });

  it('checks all files, and reads standard input', async () => {
    const bad = cli.shell.file('bad.json', '{}');
    const { code, out, err } = await cli.shell.run(['validate', bad, '-'], {
      stdin: JSON.stringify(diamond),
    });
    expect([code, out]).toEqual([1, '✓ -: 4 nodes, 4 dependencies\n']);
    expect(err).toContain('2 faults');
  });

  it('checks the others when a file is not there', async () => {
    const bad = cli.shell.file('bad.json', '{}');
    const fine = cli.shell.file('fine.json', diamond);
    const { code, out, err } = await cli.shell.run(['validate', bad, 'no-such-file.json', fine]);
    expect([code, out]).toEqual([2, `✓ ${fine}: 4 nodes, 4 dependencies\n`]);
    expect(err).toMatch(/2 faults in [^]*There is no file no-such-file\.json/);
  });

  it('tells programs in JSON', async () => {
    const { code, out } = await cli.shell.run(['validate', '--json', cli.shell.file('bad.json', '{}')]);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      valid: false,
      errors: [{ code: 'MISSING_FIELD', line: 1, column: 1 }, {}],
    });
  });

  it('knows handlers of one’s own when it asks the engine', async () => {
    const file = cli.shell.file('own.json', { name: 'own', dag: { nodes: [{ id: 'a', handler: 'echo' }] } });
    expect((await cli.shell.run(['validate', file])).code).toBe(1);
    expect((await cli.shell.run(['validate', '--remote', file])).code).toBe(0);
  });

  it.each(['no-such-file.json', '/'])('says what is wrong with the file %s', async (file) => {
    const { code, err } = await cli.shell.run(['validate', file]);
    expect(code).toBe(2);
    expect(err).toMatch(/There is no file|is a folder/);
  });

  it('never lets a file steer the terminal', async () => {
    const { err } = await cli.shell.run(['validate', cli.shell.file('hostile.json', '{"\u001b[31m": 1}')]);
    expect(err).not.toContain('\u001b');
    expect(err).toContain('\\x1b');
  });
});

describe('wfe graph', () => {
  it('draws Mermaid', async () => {
    const { code, out } = await cli.shell.run(['graph', cli.shell.file('d.json', diamond)]);
    expect(code).toBe(0);
    expect(out).toBe(
      [
        'flowchart LR',
        '  n0["end<br/><i>output</i>"]',
        '  n1["left<br/><i>noop</i>"]',
        '  n2["right<br/><i>noop</i>"]',
        '  n3["start<br/><i>input</i>"]',
        '  n1 --> n0',
        '  n2 --> n0',
        '  n3 --> n1',
        '  n3 --> n2',
        '',
      ].join('\n'),
    );
  });

  it('draws DOT, whatever the name', async () => {
    const { out } = await cli.shell.run([
      'graph',
      '-f',
      'dot',
      cli.shell.file('d.json', { ...diamond, name: 'a "b"\\' }),
    ]);
    expect(out).toContain('digraph "a \\"b\\"\\\\" {');
    expect(out).toContain('  "start" -> "left";');
  });

  it('draws SVG to a file: dependencies to the left, nothing over another', async () => {
    const target = cli.shell.file('d.svg', '');
    const name = '<script>alert("x")</script>';
    const { code } = await cli.shell.run([
      'graph',
      '-f',
      'svg',
      '-o',
      target,
      cli.shell.file('d.json', { ...diamond, name }),
    ]);
    expect(code).toBe(0);
    const svg = readFileSync(target, 'utf8');
    expect(svg).toContain('<title>&lt;script&gt;');
    const boxes = [...svg.matchAll(/<title>(\w+)[^<]*<\/title><rect x="(\S+)" y="(\S+)" width="(\S+)"/g)].map(
      ([, id = '', x, y, width]) => ({ id, x: Number(x), y: Number(y), right: Number(x) + Number(width) }),
    );
    const at = (id: string) => boxes.find((each) => each.id === id) ?? { x: NaN, y: NaN, right: NaN };
    expect(boxes).toHaveLength(4);
    for (const { id, dependencies = [] } of diamond.dag.nodes) {
      for (const from of dependencies) expect(at(from).right).toBeLessThan(at(id).x);
    }
    expect(Math.abs(at('left').y - at('right').y)).toBeGreaterThan(40);
  });

  it('leaves wide letters their room', async () => {
    const widthOf = async (id: string) => {
      const file = cli.shell.file('w.json', { name: 'w', dag: { nodes: [{ id, handler: 'noop' }] } });
      const { out } = await cli.shell.run(['graph', '-f', 'svg', file]);
      return Number(/<rect x="\S+" y="\S+" width="(\d+)"/.exec(out)?.[1]);
    };
    expect(await widthOf('mmmmmmmm')).toBeGreaterThan(await widthOf('llllllll'));
  });

  it('draws an execution with its statuses', async () => {
    const file = cli.shell.file('d.json', diamond);
    const id = (await cli.shell.run(['submit', file])).out.trim();
    await cli.shell.run(['trigger', id]);
    await cli.shell.run(['status', id, '--watch']);
    const { out } = await cli.shell.run(['graph', '--execution', id]);
    expect(out).toContain('n0["end<br/><i>output</i>"]:::COMPLETED');
  });

  it.each([
    ['/no/such/folder/d.svg', 'is in no folder that exists'],
    ['/', 'is a folder'],
  ])('cannot be drawn to %s', async (target, why) => {
    const { code, err } = await cli.shell.run(['graph', cli.shell.file('d.json', diamond), '-o', target]);
    expect([code, err]).toEqual([2, expect.stringContaining(why)]);
  });

  it('wants one thing to draw', async () => {
    expect((await cli.shell.run(['graph'])).err).toContain('wfe graph --execution ID');
  });
});

describe('an engine that is not there', () => {
  it('is told with what to do', async () => {
    const { code, err } = await cli.shell.run(['list'], { url: 'http://127.0.0.1:1' });
    expect(code).toBe(2);
    expect(err).toContain('Cannot reach the engine at http://127.0.0.1:1');
    expect(err).toContain('wfe dev');
    expect(err).toContain('--url');
  });

  it.each([
    ['not a url', 'http://127.0.0.1:8000'],
    ['localhost:8123', 'http://localhost:8123'],
    ['ftp://host', 'http://127.0.0.1:8000'],
  ])('cannot be at %s', async (url, instead) => {
    const { code, err } = await cli.shell.run(['list', '--url', url]);
    expect(code).toBe(2);
    expect(err).toContain(`"${url}" is no URL.`);
    expect(err).toContain(`--url ${instead} `);
  });

  it('may be one without TLS', async () => {
    const url = cli.engine.url.replace('http:', 'https:');
    const { code, err } = await cli.shell.run(['list', '--url', url]);
    expect([code, err]).toEqual([2, expect.stringContaining(`--url ${cli.engine.url}\n`)]);
  });

  it('has no path in its address', async () => {
    const { code, err } = await cli.shell.run(['list', '--url', `${cli.engine.url}/docs/more`]);
    expect([code, err]).toEqual([2, expect.stringContaining('Check --url or WFE_URL')]);
  });

  it('is told apart from another service', async () => {
    const other = createServer((_request, response) =>
      response.setHeader('content-type', 'text/html').end('hello'),
    );
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const { code, err } = await cli.shell.run(['list', '--url', url]);
    other.close();
    expect(code).toBe(2);
    expect(err).toContain('is not the workflow engine');
    expect(err).toContain('Check --url');
  });
});

describe('usage', () => {
  it('is explained with examples', async () => {
    const { code, out } = await cli.shell.run(['--help']);
    expect(code).toBe(0);
    for (const command of ['dev', 'validate', 'run', 'dlq', 'graph', 'completion'])
      expect(out).toContain(`  ${command}`);
    expect(out).toContain('Examples:');
    const { out: ofRetry } = await cli.shell.run(['dlq', 'retry', '--help']);
    expect(ofRetry).toContain('--all');
    expect(ofRetry).toContain('--json');
  });

  it.each([
    [['rum'], 'wfe --help'],
    [['run'], 'wfe run --help'],
    [['list', '--limit', 'many'], 'wfe list --help'],
    [['list', '--bogus'], 'wfe list --help'],
    [['graph', '-f', 'gif'], 'wfe graph --help'],
    [['dlq', 'retry', '--every'], 'wfe dlq retry --help'],
    [['completion', 'tcsh'], 'wfe completion --help'],
  ])('%j is refused with help', async (args, help) => {
    const { code, err } = await cli.shell.run(args);
    expect(code).toBe(2);
    expect(err).toContain('error:');
    expect(err).toContain(`(${help} tells`);
  });

  it('says that there is no help about what is not there', async () => {
    const { code, err } = await cli.shell.run(['help', 'rum']);
    expect([code, err]).toEqual([2, expect.stringMatching(/error: there is no command 'rum'.*\n$/)]);
    expect((await cli.shell.run(['help', 'run'])).code).toBe(0);
  });

  it('tells its version', async () => {
    expect(await cli.shell.run(['--version'])).toEqual({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      err: '',
    });
  });

  it('suggests what is near, and nothing else', async () => {
    expect((await cli.shell.run(['rum'])).err).toContain('Did you mean run?');
    expect((await cli.shell.run(['lsit'])).err).toContain('Did you mean list?');
    expect((await cli.shell.run(['list', '--statu'])).err).toContain('Did you mean --status?');
    expect((await cli.shell.run(['bogus'])).err).not.toContain('Did you mean');
  });
});
