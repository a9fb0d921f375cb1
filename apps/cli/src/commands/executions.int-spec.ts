import { randomUUID } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { stand } from '../../testing/stand';

const cli = stand();

const doubling = {
  name: 'doubling',
  labels: { team: 'sales' },
  output: { result: '${double.output.value}' },
  dag: {
    nodes: [
      { id: 'start', handler: 'input', config: { n: 1 } },
      { id: 'double', handler: 'echo', dependencies: ['start'], config: { value: '${start.output.n * 2}' } },
    ],
  },
};

const single = (id: string, handler: string) => ({
  name: id,
  dag: {
    nodes: [
      { id, handler },
      { id: 'after', handler: 'noop', dependencies: [id] },
    ],
  },
});

/** Starts a workflow of one gate and gives its id. */
async function startGate(id: string): Promise<string> {
  const { out } = await cli.shell.run(['run', cli.shell.file(`${id}.json`, single(id, 'gate')), '--detach']);
  return out.trim();
}

describe('wfe run', () => {
  it('prints the output', async () => {
    const { code, out, err } = await cli.shell.run([
      'run',
      cli.shell.file('d.json', doubling),
      '--input',
      '{"n": 21}',
    ]);
    expect([code, JSON.parse(out), err]).toEqual([0, { result: 42 }, '']);
  });

  it('takes its input from a file or a pipe', async () => {
    const file = cli.shell.file('d.json', doubling);
    const input = cli.shell.file('input.json', { n: 3 });
    expect(JSON.parse((await cli.shell.run(['run', file, '-i', `@${input}`])).out)).toEqual({ result: 6 });
    expect(JSON.parse((await cli.shell.run(['run', file, '-i', '-'], { stdin: '{"n": 4}' })).out)).toEqual({
      result: 8,
    });
  });

  it.each(['{n: 1}', '[1]', '@nothing.json'])('refuses the input %s', async (input) => {
    const { code, err } = await cli.shell.run(['run', cli.shell.file('d.json', doubling), '--input', input]);
    expect(code).toBe(2);
    expect(err).toMatch(/--input|no file/);
  });

  it('says where a file of input stops being JSON', async () => {
    const input = cli.shell.file('input.json', '{\n  "n": 1,\n}');
    const { code, err } = await cli.shell.run(['run', cli.shell.file('d.json', doubling), '-i', `@${input}`]);
    expect([code, err]).toEqual([2, expect.stringContaining(`${input}:3:1: `)]);
  });

  it('reads one thing from a pipe', async () => {
    const { code, err } = await cli.shell.run(['run', '-', '--input', '-'], { stdin: '{}' });
    expect([code, err]).toEqual([2, expect.stringContaining('the file or the input, not both')]);
  });

  it('shows what happens, line by line, where there is no terminal', async () => {
    const { code, out, err } = await cli.shell.run(['run', cli.shell.file('d.json', doubling), '--watch']);
    expect([code, JSON.parse(out)]).toEqual([0, { result: 2 }]);
    expect(err).not.toContain('\u001b');
    expect(err).toMatch(/^[0-9a-f-]{36}\n/);
    expect(err).toMatch(/● RUNNING doubling \(0\/2 nodes\)\n/);
    expect(err).toMatch(/✓ COMPLETED double/);
    expect(err.trim().split('\n').at(-1)).toMatch(/✓ COMPLETED doubling \(2\/2 nodes\)$/);
  });

  it('shows a live tree and a bar on a terminal', async () => {
    let gateSeen = false;
    const outcome = await cli.shell.run(
      ['run', cli.shell.file('live.json', single('live', 'gate')), '--watch'],
      {
        tty: true,
        env: { NO_COLOR: '1' },
        onErr: (text) => {
          if (gateSeen || !text.includes('live') || !text.includes('0/2 0 %')) return;
          gateSeen = true;
          cli.engine.handlers.release('live');
        },
      },
    );
    expect(outcome.code).toBe(0);
    const last = outcome.err.slice(outcome.err.lastIndexOf('A\r') + 2).replaceAll('\u001b[K', '');
    expect(last).toMatch(/^✓ COMPLETED live /);
    expect(last).toMatch(/ {2}✓ live {2,}COMPLETED/);
    expect(last).toMatch(/ {2}✓ {3}after/);
    expect(last).toContain('█ 2/2 100 %');
    // The terminal is left as it was: cursor and line breaks are back.
    expect(outcome.err.endsWith('\u001b[?7h\u001b[?25h')).toBe(true);
  });

  it('tells programs every event and the results', async () => {
    const { out } = await cli.shell.run(['run', cli.shell.file('d.json', doubling), '--watch', '--json']);
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type?: string; output?: unknown });
    expect(lines[0]?.type).toBe('ExecutionStarted');
    expect(lines.at(-2)?.type).toBe('ExecutionCompleted');
    expect(lines.at(-1)?.output).toEqual({ result: 2 });
  });

  it('shows faults in the file at their place', async () => {
    const file = cli.shell.file('wrong.json', {
      name: 'wrong',
      dag: { nodes: [{ id: 'a', handler: 'ecko' }] },
    });
    const { code, err } = await cli.shell.run(['run', file]);
    expect(code).toBe(1);
    expect(err).toContain(`${file}:7:20 error [UNKNOWN_HANDLER]`);
    expect(err).toContain('"echo"');
  });

  it('takes an address that ends in a slash', async () => {
    const file = cli.shell.file('d.json', doubling);
    const { code, err } = await cli.shell.run(['run', file, '-i', '{"n": 1}', '--url', `${cli.engine.url}/`]);
    expect([code, err]).toEqual([0, '']);
  });

  it('leaves an execution alone when nobody waits for it any more', async () => {
    const stop = new AbortController();
    const { code, err } = await cli.shell.run(
      ['run', cli.shell.file('left.json', single('left', 'gate')), '--watch'],
      {
        signal: stop.signal,
        onErr: (text) => {
          if (text.includes('RUNNING')) stop.abort(new Error('interrupted'));
        },
      },
    );
    expect(code).toBe(130);
    const id = /wfe cancel (\S+)/.exec(err)?.[1] ?? '';
    expect((await cli.shell.run(['cancel', id, '--reason', 'test'])).out).toBe(`⊘ CANCELLED ${id}\n`);
  });
});

describe('an execution', () => {
  it('is submitted, triggered, looked at', async () => {
    const submitted = await cli.shell.run(['submit', cli.shell.file('d.json', doubling)]);
    const id = submitted.out.trim();
    expect(submitted.err).toContain(`wfe trigger ${id}`);
    expect((await cli.shell.run(['status', id])).out).toContain('○ PENDING doubling v');
    expect(await cli.shell.run(['results', id])).toEqual({
      code: 1,
      out: '',
      err: `It is PENDING: wfe status ${id}\n`,
    });
    expect((await cli.shell.run(['trigger', id, '--input', '{"n": 5}'])).out).toContain('RUNNING');
    const watched = await cli.shell.run(['status', id, '--watch']);
    expect([watched.code, JSON.parse(watched.out)]).toEqual([0, { result: 10 }]);
    const { out } = await cli.shell.run(['status', id]);
    expect(out).toMatch(/✓ COMPLETED doubling v\d+ {2}2\/2 nodes, 100 %/);
    expect(JSON.parse((await cli.shell.run(['results', id, '--node', 'start'])).out)).toEqual({ n: 5 });
    expect((await cli.shell.run(['results', id, '--node', 'x'])).err).toContain('These have: start, double');
    const again = await cli.shell.run(['trigger', id]);
    expect(again.code).toBe(1);
    expect((await cli.shell.run(['cancel', id])).code).toBe(1);
    expect(again.err).toContain('wfe status ID');
    expect(JSON.parse((await cli.shell.run(['status', id, '--json'])).out)).toMatchObject({
      execution_id: id,
    });
  });

  it('is paused, resumed, and tells what it wrote', async () => {
    const id = await startGate('paused');
    expect((await cli.shell.run(['pause', id])).out).toContain('PAUSED');
    expect((await cli.shell.run(['resume', id])).out).toContain('RUNNING');
    const following = cli.shell.run(['logs', id, '--follow']);
    cli.engine.handlers.release('paused');
    expect((await following).out).toMatch(/^\S+ paused#1 info waiting at paused\n$/);
    expect((await cli.shell.run(['logs', id, '--node', 'after'])).err).toContain('written nothing');
    const ofNobody = await cli.shell.run(['logs', id, '--node', 'nobody']);
    expect([ofNobody.code, ofNobody.out]).toEqual([2, '']);
    expect(ofNobody.err).toContain('no node "nobody"');
  });

  it('gets its turn although another one is refused', async () => {
    const [ended, first, last] = [randomUUID(), await startGate('first'), await startGate('last')];
    const paused = await cli.shell.run(['pause', first, ended, last]);
    expect(paused.out).toMatch(new RegExp(`PAUSED ${first}\\n.*PAUSED ${last}\\n$`));
    expect(paused.err).toMatch(new RegExp(`^${ended}: .*\\n.*wfe list\\n$`));
    expect(paused.code).toBe(2);
    const again = await cli.shell.run(['pause', first, last]);
    expect([again.code, again.out]).toEqual([1, '']);
    expect(again.err).toContain(`${first}: `);
    expect(again.err).toContain(`${last}: `);
    expect((await cli.shell.run(['cancel', first, last])).code).toBe(0);
    const discarded = await cli.shell.run(['dlq', 'discard', ended, first]);
    expect(discarded.err).toContain(`${ended}: `);
    expect(discarded.err).toContain(`${first}: `);
  });

  it('runs again from a node on', async () => {
    const { out } = await cli.shell.run(['run', cli.shell.file('d.json', doubling), '--detach']);
    const id = out.trim();
    await cli.shell.run(['status', id, '--watch']);
    const again = await cli.shell.run(['rerun', id, '--from', 'double']);
    expect([again.code, again.out]).toEqual([
      0,
      expect.stringMatching(new RegExp(`(RUNNING|COMPLETED) ${id}`)),
    ]);
    expect((await cli.shell.run(['status', id, '--watch'])).code).toBe(0);
    const unknown = await cli.shell.run(['rerun', id, '--from', 'triple']);
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining('wfe status ID')]);
    expect((await cli.shell.run(['rerun', id])).err).toContain('--from');
  });

  it('is found in the list', async () => {
    const found = await cli.shell.run([
      'list',
      '--name',
      'doubling',
      '--status',
      'completed',
      '--label',
      'team=sales',
      '--since',
      '1h',
      '--limit',
      '1',
    ]);
    const [head, row, ...more] = found.out.trim().split('\n');
    expect(head).toMatch(/^EXECUTION +STATUS +WORKFLOW +CREATED +TOOK$/);
    expect(row).toMatch(/^\S{36} {2}✓ COMPLETED {2}doubling v\d+ /);
    expect(more).toEqual([]);
    expect(found.err).toContain('There are more');
    expect((await cli.shell.run(['list', '--name', 'nothing'])).err).toContain('wfe run FILE');
    expect((await cli.shell.run(['list', '--status', 'odd'])).err).toContain('pending');
    expect((await cli.shell.run(['list', '--since', 'odd'])).err).toContain('30m');
  });

  it('that nobody knows is told with what to do', async () => {
    const { code, err } = await cli.shell.run(['status', 'nobody']);
    expect(code).toBe(2);
    expect(err).toContain('wfe list');
  });
});

describe('a failure', () => {
  it('is told, looked at, retried', async () => {
    const failed = await cli.shell.run(['run', cli.shell.file('bad.json', single('bad', 'broken'))]);
    expect([failed.code, failed.out]).toEqual([1, '']);
    expect(failed.err).toContain('✗ FAILED: BROKEN: node "bad" failed: bad is broken');
    const id = /wfe retry (\S+)/.exec(failed.err)?.[1] ?? '';

    const listed = await cli.shell.run(['dlq', 'list']);
    expect(listed.out).toMatch(/bad +bad \(broken\) +BROKEN: node "bad" failed/);
    const letters = JSON.parse((await cli.shell.run(['dlq', 'list', '--json'])).out) as {
      id: string;
      execution_id: string;
    }[];
    const letter = letters.find((each) => each.execution_id === id)?.id ?? '';
    const shown = await cli.shell.run(['dlq', 'show', letter]);
    expect(shown.out).toContain(`bad (broken) of bad, execution ${id}`);
    expect(shown.out).toMatch(/attempts:\n {2}1 /);

    await cli.shell.run(['run', cli.shell.file('worse.json', single('worse', 'broken'))]);
    const [worse] = JSON.parse((await cli.shell.run(['dlq', 'list', '--json', '--limit', '1'])).out) as {
      id: string;
    }[];
    expect((await cli.shell.run(['dlq', 'discard', worse?.id ?? ''])).out).toBe(
      `discarded ${worse?.id ?? ''}\n`,
    );
    expect((await cli.shell.run(['dlq', 'show', worse?.id ?? ''])).err).toContain('wfe dlq list');

    cli.engine.handlers.repair();
    expect((await cli.shell.run(['dlq', 'retry'])).code).toBe(2);
    expect((await cli.shell.run(['dlq', 'retry', '--all'])).out).toContain(id);
    expect((await cli.shell.run(['status', id, '--watch'])).code).toBe(0);
    const again = await cli.shell.run(['retry', id]);
    expect([again.code, again.err.includes('COMPLETED')]).toEqual([1, true]);
  });
});
