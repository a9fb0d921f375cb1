/** What hostile definitions and hostile data try. Time bounds are generous: they tell seconds from minutes. */
import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '@workflow-engine/dag';
import {
  compileNodes,
  evaluate,
  failureOf,
  faultsOfText,
  resolveConfig,
  resolveText,
} from './testing/fixture';

const within = <T>(milliseconds: number, run: () => T): T => {
  const start = performance.now();
  const result = run();
  expect(performance.now() - start).toBeLessThan(milliseconds);
  return result;
};

const parsed = (text: string): JsonObject => JSON.parse(text) as JsonObject;

describe('prototypes', () => {
  it.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'])(
    '%s is an ordinary field: missing unless the data has it',
    (name) => {
      const own: Json = JSON.parse(`{"${name}": {"x": 1}}`) as Json;
      expect(evaluate(`a.output.${name}.x`, { outputs: { a: own } })).toBe(1);
      expect(evaluate(`true ? a.output["${name}"].x : 0`, { outputs: { a: own } })).toBe(1);
      for (const value of [{}, [], 'text', 1] as Json[]) {
        const outputs = { a: { v: value } };
        expect(failureOf(() => evaluate(`a.output.v.${name}`, { outputs })).code).toBe('TEMPLATE_ERROR');
        expect(failureOf(() => evaluate(`a.output.v["${name}" + ""]`, { outputs })).code).toBe(
          'TEMPLATE_ERROR',
        );
        expect(evaluate(`has(a.output.v.${name})`, { outputs })).toBe(false);
      }
    },
  );

  it('are not polluted by keys, neither in configs nor in map literals nor in data', () => {
    const config = parsed('{"__proto__": {"polluted": "${a.output}"}, "constructor": "${a.output}"}');
    const { value } = resolveConfig(config, { outputs: { a: 'x' } });
    expect(JSON.stringify(value)).toBe('{"__proto__":{"polluted":"x"},"constructor":"x"}');
    expect(JSON.stringify(evaluate('{"__proto__": {"polluted": 1}, "n": [1]}'))).toBe(
      '{"__proto__":{"polluted":1},"n":[1]}',
    );
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('are out of reach for labels too', () => {
    expect(failureOf(() => evaluate('labels.constructor')).message).toContain('it has "team"');
  });
});

describe('expansion', () => {
  const long = 'x'.repeat(1_000_000);
  it.each([
    [
      'texts',
      '["x"].map(a, a)[0]',
      Array.from({ length: 30 }, (_, i) => `cel.bind(s${i}, s${i - 1} + s${i - 1}, `),
    ],
    ['lists', '[1, 2]', Array.from({ length: 30 }, (_, i) => `cel.bind(s${i}, s${i - 1} + s${i - 1}, `)],
    ['shared lists', '[1]', Array.from({ length: 40 }, (_, i) => `cel.bind(s${i}, [s${i - 1}, s${i - 1}], `)],
  ])('by doubling %s ends in TEMPLATE_LIMIT', (_, seed, [first = '', ...binds]) => {
    const open = first.replace(/s-1 \+ s-1|\[s-1, s-1\]/, seed) + binds.join('');
    const expression = `${open}s${binds.length}${')'.repeat(binds.length + 1)}`;
    for (const text of [
      `\${${expression}}`,
      `amid \${${expression}}`,
      `\${${expression} == ${expression}}`,
    ]) {
      expect(failureOf(() => within(10_000, () => resolveText(text))).code).toBe('TEMPLATE_LIMIT');
    }
  });

  it('by nested macros is refused, and bounded where it is allowed', () => {
    const outputs = { a: Array.from({ length: 20_000 }, (_, i) => i) };
    expect(faultsOfText('${a.output.map(x, a.output.map(y, a.output.map(z, 1)))}')).toEqual([
      expect.objectContaining({ code: 'TEMPLATE_LIMIT' }),
    ]);
    const error = failureOf(() =>
      within(10_000, () => evaluate('a.output.all(x, a.output.all(y, x + y >= 0))', { outputs })),
    );
    expect(error).toMatchObject({ code: 'TEMPLATE_LIMIT', retryable: false });
  });

  it.each([
    ['repeating a large output', { v: Array.from({ length: 20 }, () => '${a.output}') }],
    ['joining', { v: '${input.map(x, a.output).join("")}' }],
    ['replacing', { v: '${a.output.replace("x", a.output)}' }],
    ['splitting and concatenating', { v: '${a.output.split("").map(c, a.output)}' }],
    ['many templates in one text', { v: '${a.output}'.repeat(20) }],
  ])('by %s ends in TEMPLATE_LIMIT', (_, config) => {
    const facts = { outputs: { a: long }, input: Array.from({ length: 20 }, (_x, i) => i) };
    expect(failureOf(() => within(10_000, () => resolveConfig(config, facts))).code).toBe('TEMPLATE_LIMIT');
  });

  it('by errors that || swallows is bounded', () => {
    const outputs = { a: Array.from({ length: 200_000 }, () => 1) };
    const run = () => evaluate('a.output.exists(x, x.y == 1 || x.z == 1)', { outputs });
    expect(failureOf(() => within(10_000, run)).code).toBe('TEMPLATE_LIMIT');
  });

  it('leaves room for honest work', () => {
    const rows = Array.from({ length: 50_000 }, (_, i) => ({ id: i, price: i / 2 }));
    const value = evaluate('a.output.filter(r, r.price > 100).map(r, r.id)', { outputs: { a: rows } });
    expect(value).toHaveLength(50_000 - 201);
    expect(resolveText('${a.output}', { outputs: { a: long } })).toBe(long);
  });

  it('is measured against limits that can be set', () => {
    const options = { limits: { maxSize: 100 } };
    expect(evaluate('a.output', { outputs: { a: 'short' } }, options)).toBe('short');
    const run = () => evaluate('a.output', { outputs: { a: 'long'.repeat(50) } }, options);
    expect(failureOf(run).code).toBe('TEMPLATE_LIMIT');
  });
});

describe('searching and patterns', () => {
  it.each([['(a+)+$'], ['(a|aa)*b'], ['^(([a-z])+.)+[A-Z]([a-z])+$']])('%s does not backtrack', (pattern) => {
    const outputs = { a: 'a'.repeat(20_000) };
    within(10_000, () => evaluate(`a.output.matches("${pattern}")`, { outputs }));
  });

  it('a pattern that is too large, or brings too much work, is refused', () => {
    expect(faultsOfText(`\${a.output.matches("${'(a?)'.repeat(200)}")}`)[0]?.message).toContain(
      'longer than 512',
    );
    expect(faultsOfText('${a.output.matches("((a{1000}){1000}){1000}")}')[0]?.message).toContain('repeat');
    const outputs = { a: 'a'.repeat(100_000) };
    const error = failureOf(() =>
      within(10_000, () => evaluate(`a.output.matches("${'(.*)*'.repeat(60)}")`, { outputs })),
    );
    expect(error.code).toBe('TEMPLATE_LIMIT');
    expect(failureOf(() => evaluate('a.output.matches("[" + "a")', { outputs })).message).toContain('RE2');
  });

  it.each(['contains', 'indexOf', 'lastIndexOf', 'split'])('%s of a hostile pattern is bounded', (method) => {
    const half = 'a'.repeat(20_000);
    const facts = { outputs: { a: 'a'.repeat(4_000_000) }, input: `${half}b${half}` };
    expect(failureOf(() => within(10_000, () => evaluate(`a.output.${method}(input)`, facts))).code).toBe(
      'TEMPLATE_LIMIT',
    );
  });

  it('comparing long texts again and again is bounded', () => {
    const facts = {
      outputs: { a: { x: `${'x'.repeat(4_000_000)}a`, y: `${'x'.repeat(4_000_000)}b` } },
      input: Array.from({ length: 10_000 }, () => 1),
    };
    const run = () => evaluate('input.exists(i, a.output.x == a.output.y)', facts);
    expect(failureOf(() => within(10_000, run)).code).toBe('TEMPLATE_LIMIT');
  });
});

describe('nesting and length', () => {
  it.each([
    ['parentheses', `${'('.repeat(3000)}1${')'.repeat(3000)}`],
    ['lists', `${'['.repeat(3000)}1${']'.repeat(3000)}`],
    ['negations', `${'!'.repeat(8000)}true`],
    ['minuses', `${'- '.repeat(4000)}1`],
    ['sums', `1${'+1'.repeat(3000)}`],
    ['conditions', `${'true?'.repeat(1000)}1${':1'.repeat(1000)}`],
    ['paths', `a${'.b'.repeat(3000)}`],
    ['length', `"${'x'.repeat(10_000)}"`],
    ['list literals', `[${'1,'.repeat(4000)}1]`],
  ])('too much of it in an expression is a fault: %s', (_, expression) => {
    expect(within(2000, () => faultsOfText(`\${${expression}}`))).toEqual([
      expect.objectContaining({ code: 'TEMPLATE_LIMIT', pointer: '/dag/nodes/2/config/v' }),
    ]);
  });

  const nested = (depth: number): Json => {
    let value: Json = '${a.output}';
    for (let i = 0; i < depth; i++) value = [value];
    return value;
  };

  it('of a config is a fault', () => {
    const nodes = [{ id: 'a', handler: 'noop', config: { v: nested(50_000) } }];
    const result = within(2000, () => compileNodes(nodes));
    expect(result).toMatchObject({ ok: false, faults: [{ code: 'TEMPLATE_LIMIT' }] });
  });

  it.each([600, 100_000])('of data %d levels deep ends in TEMPLATE_LIMIT', (depth) => {
    const outputs = { a: nested(depth) };
    for (const text of ['${a.output}', 'amid ${a.output}', '${a.output == [a.output]}']) {
      if (depth < 1000 && text.includes('==')) continue;
      expect(failureOf(() => within(2000, () => resolveText(text, { outputs }))).code).toBe('TEMPLATE_LIMIT');
    }
  });

  it('big integers cost nothing', () => {
    expect(faultsOfText(`\${${'9'.repeat(8000)}}`)).toHaveLength(1);
    const square = Array.from({ length: 30 }).reduce<string>((body) => `cel.bind(n, n * n, ${body})`, 'n');
    expect(failureOf(() => within(1000, () => evaluate(`cel.bind(n, 3, ${square})`))).message).toContain(
      '64 bits',
    );
  });
});

describe('resolved values', () => {
  it.each(['${a.output}', '${1 + 1}', '$${x}', '${secrets.KEY}', '${"${a.output}"}'])(
    'are never expanded again: %s',
    (data) => {
      const outputs = { a: data };
      expect(resolveText('${a.output}', { outputs })).toBe(data);
      expect(resolveText('<${a.output}>', { outputs })).toBe(`<${data}>`);
      expect(resolveText('${a.output + ""}', { outputs })).toBe(data);
    },
  );
});
