import { describe, expect, it } from '@jest/globals';
import { faultsOf, faultsOfText, nodesWith } from './testing/fixture';

describe('faults of one expression', () => {
  it.each([
    ['${a.output', 'TEMPLATE_SYNTAX', 'position 1 has no closing `}`'],
    ['${"a.output}', 'TEMPLATE_SYNTAX', 'no closing quote'],
    ['${}', 'TEMPLATE_SYNTAX', 'empty'],
    ['${a.output. + 1}', 'TEMPLATE_SYNTAX', 'position 11'],
    ['${1 +}', 'TEMPLATE_SYNTAX', 'Unexpected token'],
    ['${c.output}', 'UNKNOWN_REFERENCE', '"c"'],
    ['${inptu.x}', 'UNKNOWN_REFERENCE', 'Did you mean "input"?'],
    ['${odd-id.output}', 'UNKNOWN_REFERENCE', 'nodes["odd-id"]'],
    ['${nodes["odd_id"].output}', 'UNKNOWN_REFERENCE', 'Did you mean "odd-id"?'],
    ['${nodes[input.x].output}', 'UNKNOWN_REFERENCE', 'literal'],
    ['${b.output}', 'NOT_AN_ANCESTOR', 'refers to itself'],
    ['${a.ouptut.x}', 'UNKNOWN_FIELD', 'Did you mean "output"?'],
    ['${a.name}', 'UNKNOWN_FIELD', 'Did you mean `a.output.name`?'],
    ['${a}', 'UNKNOWN_FIELD', 'write `a.output`'],
    ['${execution.started}', 'UNKNOWN_FIELD', 'started_at'],
    ['${sise(a.output)}', 'UNKNOWN_FUNCTION', 'Did you mean "size"?'],
    ['${a.output.trimm()}', 'UNKNOWN_FUNCTION', 'Did you mean "trim"?'],
    ['${trim(a.output)}', 'UNKNOWN_FUNCTION', 'x.trim'],
    ['${a.output.string()}', 'UNKNOWN_FUNCTION', 'string(x)'],
    ['${a.output.substring()}', 'TYPE_MISMATCH', '1 to 2 arguments'],
    ['${"a" + 1}', 'TYPE_MISMATCH', 'string(...)'],
    ['${a.status - 1}', 'TYPE_MISMATCH', 'string and a number'],
    ['${"x" ? 1 : 2}', 'TYPE_MISMATCH', 'true or false'],
    ['${1 == "1"}', 'TYPE_MISMATCH', 'never equal'],
    ['${"a" in "abc"}', 'TYPE_MISMATCH', '.contains'],
    ['${(1).map(x, x)}', 'TYPE_MISMATCH', 'list or map'],
    ['${a.output.matches("(")}', 'TEMPLATE_SYNTAX', 'RE2'],
    ['${b"bytes"}', 'TEMPLATE_SYNTAX', 'Byte'],
    ['${has(a)}', 'TEMPLATE_SYNTAX', 'has('],
    ['${a.output.map(x.y, 1)}', 'TEMPLATE_SYNTAX', 'variable'],
    ['${99999999999999999999}', 'TEMPLATE_SYNTAX', '64 bits'],
  ])('%s: %s', (text, code, message) => {
    const faults = faultsOfText(text);
    expect(faults).toEqual([
      { code, pointer: '/dag/nodes/2/config/v', message: expect.stringContaining(message) },
    ]);
  });

  it('advises how to reach a node whose id is a reserved word', () => {
    const nodes = [
      { id: 'loop', handler: 'noop' },
      { id: 'c', handler: 'noop', dependencies: ['loop'], config: { v: '${loop.output}' } },
    ];
    expect(faultsOf(nodes)[0]?.message).toContain('nodes["loop"]');
  });

  it('explains a built-in name that a node hides', () => {
    const nodes = [
      { id: 'input', handler: 'input' },
      { id: 'c', handler: 'noop', dependencies: ['input'], config: { v: '${input.user}' } },
    ];
    expect(faultsOf(nodes)).toEqual([
      {
        code: 'UNKNOWN_FIELD',
        pointer: '/dag/nodes/1/config/v',
        message: expect.stringContaining('`execution.input`'),
      },
    ]);
  });

  it('finds every fault inside one expression', () => {
    expect(faultsOfText('${c.output + foo(1) + [d.output].size()}').map(({ code }) => code)).toEqual([
      'UNKNOWN_REFERENCE',
      'UNKNOWN_FUNCTION',
      'UNKNOWN_REFERENCE',
    ]);
  });
});

describe('faults of a whole definition', () => {
  it('come all at once, each with its place', () => {
    const nodes = nodesWith({
      config: { url: '${a.outptu}', list: [{ 'k/x': '${zzz.output}' }] },
      when: 'a.output +',
    });
    expect(
      faultsOf(nodes, undefined, { o: '${yyy.output}' }).map(({ code, pointer }) => [code, pointer]),
    ).toEqual([
      ['UNKNOWN_FIELD', '/dag/nodes/2/config/url'],
      ['UNKNOWN_REFERENCE', '/dag/nodes/2/config/list/0/k~1x'],
      ['TEMPLATE_SYNTAX', '/dag/nodes/2/when'],
      ['UNKNOWN_REFERENCE', '/output/o'],
    ]);
  });

  it('are cut off after a hundred', () => {
    const nodes = Array.from({ length: 5000 }, (_, i) => ({
      id: `n${i}`,
      handler: 'noop',
      config: { v: '${x.output}' },
    }));
    const faults = faultsOf(nodes);
    expect(faults).toHaveLength(101);
    expect(faults.at(-1)).toMatchObject({ code: 'MORE_FAULTS', pointer: '' });
  });

  it('include a condition that can not be a boolean', () => {
    expect(faultsOf(nodesWith({ when: '1 + 1' }))).toEqual([
      expect.objectContaining({ code: 'TYPE_MISMATCH', pointer: '/dag/nodes/2/when' }),
    ]);
  });
});

describe('ancestors', () => {
  const at = (id: string, dependencies: string[], text?: string) =>
    text === undefined
      ? { id, handler: 'noop', dependencies }
      : { id, handler: 'noop', dependencies, config: { v: text } };

  it('may be direct or transitive dependencies', () => {
    expect(faultsOf([at('x', []), at('y', ['x']), at('z', ['y'], '${x.output} ${y.output}')])).toEqual([]);
  });

  it('siblings and descendants are none', () => {
    const faults = faultsOf([
      at('x', [], '${z.output}'),
      at('y', ['x'], '${w.output}'),
      at('w', ['x']),
      at('z', ['y']),
    ]);
    expect(faults.map(({ code, pointer }) => [code, pointer])).toEqual([
      ['NOT_AN_ANCESTOR', '/dag/nodes/0/config/v'],
      ['NOT_AN_ANCESTOR', '/dag/nodes/1/config/v'],
    ]);
    expect(faults[1]?.message).toContain('add "w" to the dependencies of "y"');
  });
});

describe("paths into an output whose handler's schema is closed", () => {
  const closed = {
    type: 'object',
    additionalProperties: false,
    properties: {
      status: { type: 'integer' },
      body: {},
      user: { type: 'object', properties: { name: {} }, additionalProperties: false },
      rows: { type: 'array', items: { type: 'object', properties: { id: {} }, additionalProperties: false } },
    },
  };
  const options = { outputSchemaOf: (index: number) => (index === 0 ? closed : undefined) };

  it.each([
    'a.output',
    'a.output.status',
    'a.output.body.anything',
    'a.output.rows[3].id',
    'nodes["odd-id"].output.x',
  ])('%s is possible', (path) => expect(faultsOfText(`\${${path}}`, options)).toEqual([]));

  it.each([
    ['a.output.stauts', 'Did you mean "status"?'],
    ['a.output.user.nmae', '`a.output.user` never has a field "nmae"'],
    ['a.output.rows[0].idd', '`a.output.rows[0]`'],
    ['a.output.stauts + 1', 'Did you mean "status"?'],
  ])('%s is not', (path, message) => {
    expect(faultsOfText(`\${${path}}`, options)).toEqual([
      expect.objectContaining({ code: 'UNKNOWN_FIELD', message: expect.stringContaining(message) }),
    ]);
  });

  it('is not judged where the schema draws on others', () => {
    const open = { outputSchemaOf: () => ({ ...closed, allOf: [{}] }) };
    expect(faultsOfText('${a.output.stauts}', open)).toEqual([]);
  });
});
