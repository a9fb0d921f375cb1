import { describe, expect, it } from '@jest/globals';
import { evaluate, failureOf } from './testing/fixture';

const facts = {
  outputs: {
    a: {
      n: 41,
      f: 1.5,
      big: 9007199254740991,
      s: 'Hello, World',
      items: [
        { name: 'x', price: 2 },
        { name: 'y', price: 3.5 },
      ],
      tags: ['p', 'q'],
      map: { k1: 1, k2: 2 },
      i: 1,
      none: null,
    },
  },
};

describe('numbers', () => {
  it.each([
    ['a.output.n + 1', 42],
    ['1 + a.output.n', 42],
    ['a.output.f * 2', 3],
    ['a.output.n - 0.5', 40.5],
    ['a.output.n / 2', 20.5],
    ['7 / 2', 3],
    ['7.0 / 2', 3.5],
    ['a.output.n % 2', 1],
    ['-a.output.n', -41],
    ['2u + 1', 3],
    ['0x10', 16],
    ['a.output.n == 41', true],
    ['41 == 41.0', true],
    ['a.output.n > 40.5 && 1 <= 1.0', true],
    ['size(a.output.items) * 2', 4],
    ['int(a.output.f)', 1],
    ['int("12") + 1', 13],
    ['double("1.25")', 1.25],
    ['-9223372036854775808 < 0', true],
  ])('%s = %j', (expression, expected) => {
    expect(evaluate(expression, facts)).toBe(expected);
  });

  it.each([
    ['a.output.big + 1'],
    ['9007199254740991 + 1'],
    ['9223372036854775807 + 1'],
    ['9223372036854775807 * 9223372036854775807'],
    ['-(-9223372036854775808)'],
    ['[1, 9007199254740993]'],
  ])('%s overflows instead of losing digits', (expression) => {
    expect(failureOf(() => evaluate(expression, facts)).code).toBe('TEMPLATE_ERROR');
  });

  it('never lets a BigInt or a non-finite number into a result', () => {
    expect(evaluate('{"a": [1, {"b": size("xy")}], "c": a.output.items}', facts)).toEqual({
      a: [1, { b: 2 }],
      c: facts.outputs.a.items,
    });
    expect(failureOf(() => evaluate('1e308 * 10.0')).message).toContain('no JSON number');
  });
});

describe('texts, lists and maps', () => {
  it.each([
    ['a.output.s + "!"', 'Hello, World!'],
    ['a.output.s.startsWith("Hell") && a.output.s.endsWith("ld") && a.output.s.contains(", ")', true],
    ['a.output.s.lowerAscii()', 'hello, world'],
    ['"ÄbC".upperAscii()', 'ÄBC'],
    ['a.output.s.split(", ")', ['Hello', 'World']],
    ['a.output.tags.join("-")', 'p-q'],
    ['a.output.s.replace("l", "L")', 'HeLLo, WorLd'],
    ['" x ".trim()', 'x'],
    ['a.output.s.indexOf("o")', 4],
    ['a.output.s.indexOf("o", 5)', 8],
    ['a.output.s.lastIndexOf("o")', 8],
    ['a.output.s.substring(7)', 'World'],
    ['a.output.s.substring(0, a.output.i)', 'H'],
    ['size("aé😀")', 3],
    ['a.output.s.matches("^H.*d$")', true],
    ['a.output.s.matches("^W")', false],
    ['a.output.tags + ["r"]', ['p', 'q', 'r']],
    ['"p" in a.output.tags', true],
    ['1 in [1.0, 2]', true],
    ['"k1" in a.output.map', true],
    ['"toString" in a.output.map', false],
    ['a.output.items[a.output.i].name', 'y'],
    ['a.output.map["k" + "2"]', 2],
    ['{1: "one"}[1]', 'one'],
    ['[1, "a", null, {"k": 1.5}]', [1, 'a', null, { k: 1.5 }]],
    ['a.output.items == [{"name": "x", "price": 2}, {"name": "y", "price": 3.5}]', true],
    ['a.output.none == null', true],
    ['type(a.output.s) == string', true],
    ['string(a.output.n) + string(true) + string([1])', '41true[1]'],
    ['bool("true")', true],
    ['dyn(1) == "1"', false],
  ])('%s', (expression, expected) => {
    expect(evaluate(expression, facts)).toEqual(expected);
  });
});

describe('macros', () => {
  it.each([
    ['a.output.items.map(x, x.name)', ['x', 'y']],
    ['a.output.items.map(x, x.price > 2, x.name)', ['y']],
    ['a.output.items.filter(x, x.name == "x").map(x, x.price * 2)', [4]],
    ['a.output.items.all(x, x.price > 0)', true],
    ['a.output.items.exists(x, x.price > 3)', true],
    ['a.output.items.exists_one(x, x.price > 1)', false],
    ['a.output.map.map(k, k)', ['k1', 'k2']],
    [
      'a.output.tags.map(t, a.output.tags.map(u, t + u))',
      [
        ['pp', 'pq'],
        ['qp', 'qq'],
      ],
    ],
    ['cel.bind(t, a.output.n + 1, t * t)', 1764],
    ['a.output.tags.map(a, a)', ['p', 'q']],
    ['has(a.output.s)', true],
    ['has(a.output.zz)', false],
    ['has(a.output.none.deeper.still)', false],
    ['a.output.items.map(x, has(x.discount) ? x.discount : 0)', [0, 0]],
  ])('%s', (expression, expected) => {
    expect(evaluate(expression, facts)).toEqual(expected);
  });

  it('decides || and &&, all and exists whatever the other side does, as CEL has it', () => {
    expect(evaluate('a.output.missing == 1 || a.output.n == 41', facts)).toBe(true);
    expect(evaluate('a.output.missing == 1 && a.output.n == 0', facts)).toBe(false);
    expect(evaluate('a.output.items.exists(x, x.none == 1 || x.name == "y")', facts)).toBe(true);
    expect(failureOf(() => evaluate('a.output.missing == 1 || false', facts)).message).toContain('missing');
    expect(failureOf(() => evaluate('a.output.items.all(x, x.none == 1)', facts)).message).toContain('none');
  });
});

describe('time', () => {
  it.each([
    ['timestamp(execution.started_at) + duration("1h30m")', '2026-01-31T13:30:00.000Z'],
    ['timestamp("2026-01-02T00:00:00Z") - timestamp("2026-01-01T00:00:00Z")', '86400s'],
    ['timestamp("2026-01-02T00:00:00Z") > timestamp("2026-01-01T23:00:00-02:00")', false],
    ['timestamp(execution.started_at).getFullYear()', 2026],
    ['timestamp(execution.started_at).getDayOfYear()', 30],
    ['duration("90m").getHours()', 1],
    ['"at " + string(timestamp(0))', 'at 1970-01-01T00:00:00.000Z'],
  ])('%s', (expression, expected) => {
    expect(evaluate(expression)).toBe(expected);
  });

  it('says which form it wants', () => {
    expect(failureOf(() => evaluate('timestamp("yesterday")')).message).toContain('2026-01-31T12:00:00Z');
    expect(failureOf(() => evaluate('duration("1 hour")')).message).toContain('1h30m');
  });
});
