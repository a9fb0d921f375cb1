import { describe, expect, it } from '@jest/globals';
import {
  compiled,
  evaluate,
  failureOf,
  nodesWith,
  resolveConfig,
  resolveText,
  scopeOf,
} from './testing/fixture';

describe('a string that is one template', () => {
  it.each([[42], [1.5], [true], [null], ['text'], [[1, 'x']], [{ k: [null] }]])(
    'keeps the type of %j',
    (value) => {
      expect(resolveText('${a.output}', { outputs: { a: value } })).toEqual(value);
    },
  );

  it('may have blanks around the expression', () => {
    expect(resolveText('${  a.output.n  }', { outputs: { a: { n: 1 } } })).toBe(1);
  });
});

describe('templates amid text', () => {
  it('show texts as they are and everything else as JSON', () => {
    const outputs = { a: { s: 'x', n: 2, o: { k: [1, 'y'] }, no: null, yes: true } };
    expect(
      resolveText('<${a.output.s}|${a.output.n}|${a.output.o}|${a.output.no}|${a.output.yes}>', { outputs }),
    ).toBe('<x|2|{"k":[1,"y"]}|null|true>');
  });

  it('stand in any string of the config, at any depth', () => {
    const { value } = resolveConfig(
      { list: ['${a.output}', { deep: 'n=${a.output}' }], same: { k: 1 } },
      { outputs: { a: 7 } },
    );
    expect(value).toEqual({ list: [7, { deep: 'n=7' }], same: { k: 1 } });
  });

  it('are not looked for in keys', () => {
    expect(resolveConfig({ '${a.output}': 1, v: '${a.output}' }, { outputs: { a: 7 } }).value).toEqual({
      '${a.output}': 1,
      v: 7,
    });
  });
});

describe('escapes and delimiters', () => {
  it.each([
    ['$${a.output}', '${a.output}'],
    ['costs $5 and {}', 'costs $5 and {}'],
    ['$$', '$$'],
    ['$$${a.output}', '$${a.output}'],
    ['$${x} ${1 + 1}', '${x} 2'],
    ['}', '}'],
  ])('%s -> %s', (text, expected) => {
    expect(resolveText(text)).toBe(expected);
  });

  it.each([
    ['${"}"}', '}'],
    ['${\'}\' + "{"}', '}{'],
    ['${{"a": {"b": "}"}}.a.b}', '}'],
    ['${"\\"}"}', '"}'],
    ['${"""a"}b"""}', 'a"}b'],
    ['${1 // } comment\n + 1}', 2],
  ])('%s ends at the right brace', (text, expected) => {
    expect(resolveText(text)).toBe(expected);
  });
});

describe('names in scope', () => {
  it('reaches nodes, the input, the execution and labels', () => {
    const facts = {
      outputs: { a: { x: 1 }, 'odd-id': 'odd' },
      input: { q: 'in' },
      error: { code: 'TIMEOUT' },
    };
    expect(evaluate('a.output.x', facts)).toBe(1);
    expect(evaluate('a.status', facts)).toBe('COMPLETED');
    expect(evaluate('a.error.code', facts)).toBe('TIMEOUT');
    expect(evaluate('nodes["odd-id"].output', facts)).toBe('odd');
    expect(evaluate("nodes['odd-id'].output + '!'", facts)).toBe('odd!');
    expect(evaluate('input.q', facts)).toBe('in');
    expect(evaluate('execution.input.q', facts)).toBe('in');
    expect(evaluate('execution.id')).toBe('exec-1');
    expect(evaluate('execution.started_at')).toBe('2026-01-31T12:00:00.000Z');
    expect(evaluate('labels.team')).toBe('sales');
  });

  it('lets a node hide a built-in name', () => {
    const nodes = [
      { id: 'input', handler: 'input' },
      {
        id: 'c',
        handler: 'noop',
        dependencies: ['input'],
        config: { v: '${input.output.x}', t: '${execution.input.x}' },
      },
    ];
    const scope = {
      ...scopeOf({ input: { x: 'trigger' } }),
      node: () => ({ output: { x: 'node' }, status: 'COMPLETED', error: null }),
    };
    expect(compiled(nodes).nodes[1]?.config.resolve(scope).value).toEqual({ v: 'node', t: 'trigger' });
  });

  it('reads only the nodes that are referenced, and names them', () => {
    const [, , b] = compiled(
      nodesWith({ config: { v: '${nodes["odd-id"].output}' }, when: 'a.output == 1' }),
    ).nodes;
    expect(b?.config.references).toEqual([1]);
    expect(b?.when?.references).toEqual([0]);
    const asked: number[] = [];
    b?.config.resolve({
      ...scopeOf({}),
      node: (i) => (asked.push(i), { output: 1, status: 'COMPLETED', error: null }),
    });
    expect(asked).toEqual([1]);
  });
});

describe('static templates', () => {
  it('resolve to the config itself, and a missing config to {}', () => {
    const [a, , b] = compiled(nodesWith({ config: { v: ['x', { n: 1 }], esc: '$${y}' } })).nodes;
    expect(a?.config.resolve(scopeOf({}))).toEqual({ value: {}, secrets: [] });
    expect(b?.config.isStatic).toBe(true);
    expect(b?.config.resolve(scopeOf({})).value).toEqual({ v: ['x', { n: 1 }], esc: '${y}' });
  });
});

describe('conditions', () => {
  const when = (condition: string, output: number | string | null = 3) =>
    compiled(nodesWith({ when: condition })).nodes[2]?.when?.evaluate(scopeOf({ outputs: { a: output } }));

  it('are one expression, with or without ${}', () => {
    expect(when('a.output > 2')).toBe(true);
    expect(when('${a.output > 5}')).toBe(false);
    expect(when(' a.status == "COMPLETED" && a.error == null ')).toBe(true);
  });

  it('fail when the result is no boolean, at the place of the condition', () => {
    const error = failureOf(() => when('a.output', 'yes'));
    expect(error).toMatchObject({ code: 'TEMPLATE_ERROR', pointer: '/dag/nodes/2/when', retryable: false });
    expect(error.message).toContain('true or false');
  });
});

describe('the output', () => {
  it('may read any node', () => {
    const output = compiled(nodesWith({}), undefined, { total: '${b.output.n}', from: '${a.status}' }).output;
    const scope = { ...scopeOf({}), node: () => ({ output: { n: 5 }, status: 'COMPLETED', error: null }) };
    expect(output?.resolve(scope).value).toEqual({ total: 5, from: 'COMPLETED' });
    expect(output?.references).toEqual([0, 2]);
  });
});

describe('errors tell what is missing and what is there', () => {
  const outputs = { a: { user: { id: 1, name: 'Bob' }, list: [1, 2], gone: null, n: 5 } };
  it.each([
    ['a.output.user.nme', '`a.output.user` has no field "nme"; it has "id", "name"'],
    ['a.output.list[2]', '`a.output.list` has no element 2: it is a list of 2'],
    ['a.output.list.x', 'is a list, so it has no field "x"'],
    ['a.output.gone.x', '`a.output.gone` is null'],
    ['a.output.n.x', '`a.output.n` is a number'],
    ['a.output[a.output.user.name]', 'has no field "Bob"'],
    ['nodes["odd-id"].output.x', '`nodes["odd-id"].output` is null (the node is COMPLETED)'],
    ['a.output.n / 0', 'division by zero'],
    ['5 % (a.output.n - 5)', 'division by zero'],
    [
      'a.output.n + a.output.user.name',
      "`+` doesn't work on a number and a string; convert with string(...)",
    ],
  ])('%s', (expression, message) => {
    const error = failureOf(() => evaluate(expression, { outputs }));
    expect(error.code).toBe('TEMPLATE_ERROR');
    expect(error.pointer).toBe('/dag/nodes/2/config/v');
    expect(error.message).toContain(message);
    expect(error.message).toContain(`\`${expression}\``);
  });

  it('shows a bounded list of keys', () => {
    const wide = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`key${i}`, i]));
    const error = failureOf(() => evaluate('a.output.x', { outputs: { a: wide } }));
    expect(error.message).toContain('and 4990 more');
    expect(error.message.length).toBeLessThan(400);
  });

  it('points into the document with escaped keys', () => {
    const error = failureOf(() => resolveConfig({ 'a/b': [{ '~': '${a.output.x}' }] }));
    expect(error.pointer).toBe('/dag/nodes/2/config/a~1b/0/~0');
  });
});
