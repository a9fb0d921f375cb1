import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '@workflow-engine/dag';
import { AjvSchemaValidator } from './ajv-schema-validator';

const validator = new AjvSchemaValidator();
const isTemplate = (text: string) => text.includes('${');

function check(schema: JsonObject, value: Json): string[] {
  return validator.check(schema, value, isTemplate).map(({ pointer, message }) => `${pointer}: ${message}`);
}

const request: JsonObject = {
  type: 'object',
  properties: {
    url: { type: 'string', minLength: 1 },
    method: { enum: ['GET', 'POST'] },
    retries: { type: 'integer', minimum: 0 },
    tags: { type: 'array', items: { type: 'string' }, uniqueItems: true },
  },
  required: ['url'],
  additionalProperties: false,
};

describe('faults', () => {
  it('come all at once, each with a pointer and advice', () => {
    const faults = check(request, { metod: 'GET', method: 'FETCH', retries: '3', tags: ['a', 1, 'a'] });
    expect(faults.sort()).toEqual([
      '/method: "FETCH" is not allowed here. Use one of: "GET", "POST".',
      '/metod: Unknown property "metod". Did you mean "method"?',
      '/retries: The value must be a whole number, not "3".',
      '/tags/1: The value must be a string, not 1.',
      '/tags: Items 0 and 2 are the same. Every item must be unique.',
      ': Property "url" is required. Add it.',
    ]);
  });

  it('have the code SCHEMA, and there are none for a value that fits', () => {
    expect(validator.check(request, {}).map(({ code }) => code)).toEqual(['SCHEMA']);
    expect(check(request, { url: '/', method: 'POST', retries: 0, tags: ['a', 'b'] })).toEqual([]);
  });

  it('list what is known when nothing is near', () => {
    expect(check(request, { url: '/', zzz: 1 })).toEqual([
      '/zzz: Unknown property "zzz". Known here: "url", "method", "retries", "tags".',
    ]);
  });

  it('speak of the alternative that was meant', () => {
    const body: JsonObject = { anyOf: [{ type: 'string' }, request] };
    expect(check(body, { uri: '/' }).sort()).toEqual([
      '/uri: Unknown property "uri". Did you mean "url"?',
      ': Property "url" is required. Add it.',
    ]);
    expect(check({ properties: { at: body } }, { at: 7 })).toEqual([
      '/at: The value fits none of the alternatives. (1) The value must be a string, not 7. (2) The value must be an object, not 7.',
    ]);
  });

  it('speak of the alternative whose constant matches', () => {
    const shape: JsonObject = {
      oneOf: [
        {
          properties: { kind: { const: 'circle' }, radius: { type: 'number' } },
          required: ['kind', 'radius'],
        },
        { properties: { kind: { const: 'square' }, side: { type: 'number' } }, required: ['kind', 'side'] },
      ],
    };
    expect(check(shape, { kind: 'square', side: 'x' })).toEqual([
      '/side: The value must be a number, not "x".',
    ]);
  });

  it('come from the branch of "if" that applies', () => {
    const schema: JsonObject = {
      if: { properties: { method: { const: 'POST' } }, required: ['method'] },
      then: { required: ['body'] },
    };
    expect(check(schema, { method: 'POST' })).toEqual([': Property "body" is required. Add it.']);
    expect(check(schema, { method: 'GET' })).toEqual([]);
  });

  it('are bounded, the rest is counted', () => {
    const faults = validator.check(
      { items: { type: 'string' } },
      Array.from({ length: 60 }, (_, i) => i),
    );
    expect(faults).toHaveLength(51);
    expect(faults.at(-1)?.message).toBe('10 more faults are not shown.');
  });

  it('reach through references, also recursive ones', () => {
    const tree: JsonObject = {
      $ref: '#/$defs/node',
      $defs: {
        node: {
          properties: {
            value: { type: 'number' },
            children: { items: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/node' }] } },
          },
          additionalProperties: false,
        },
      },
    };
    expect(check(tree, { children: [null, { children: [{ value: 'x' }] }] })).toContain(
      '/children/1/children/0/value: The value must be a number, not "x".',
    );
  });
});

describe('open strings', () => {
  it('fit any type, format, pattern, length and enumeration', () => {
    expect(check(request, { url: '${a}', method: '${b}', retries: '${c}', tags: '${d}' })).toEqual([]);
    expect(
      check({ properties: { id: { format: 'uuid', pattern: '^x', maxLength: 2 } } }, { id: '${a.output}' }),
    ).toEqual([]);
    expect(check(request, '${whole}')).toEqual([]);
    expect(check({ not: { type: 'string' } }, '${whole}')).toEqual([]);
    expect(check(request, { url: '${a}', tags: ['${x}', '${x}'] })).toEqual([]);
  });

  it('do not excuse what is wrong beside them', () => {
    expect(check(request, { url: '${a}', retries: -1, extra: '${b}' }).sort()).toEqual([
      '/extra: Unknown property "extra". Known here: "url", "method", "retries", "tags".',
      '/retries: The value must be >= 0.',
    ]);
    expect(check(request, { method: '${a}' })).toEqual([': Property "url" is required. Add it.']);
  });

  it.each<[string, JsonObject, Json, number]>([
    [
      'anyOf, a branch that may fit',
      { anyOf: [{ type: 'object', properties: { n: { type: 'number' } } }, { type: 'null' }] },
      { n: '${x}' },
      0,
    ],
    ['anyOf, no branch can fit', { anyOf: [{ required: ['a'] }, { required: ['b'] }] }, { n: '${x}' }, 1],
    ['anyOf in anyOf', { anyOf: [{ anyOf: [{ properties: { n: { type: 'number' } } }] }] }, { n: '${x}' }, 0],
    [
      'oneOf, told apart by an open constant',
      { oneOf: [{ properties: { k: { const: 1 } } }, { properties: { k: { const: 2 } } }] },
      { k: '${x}' },
      0,
    ],
    [
      'oneOf, both fit only as the string it is',
      { oneOf: [{ properties: { k: { type: 'string' } } }, { properties: { k: { minLength: 1 } } }] },
      { k: '${x}' },
      0,
    ],
    [
      'oneOf, both fit whatever the string',
      { oneOf: [{ required: ['k'] }, { properties: { z: false } }], title: 't' },
      { k: 1, o: ['${x}'] },
      1,
    ],
    [
      'if, open condition',
      { if: { properties: { k: { type: 'string' } } }, then: { required: ['b'] } },
      { k: '${x}' },
      0,
    ],
    [
      'if, settled condition',
      { if: { properties: { k: { const: 1 } } }, then: { required: ['b'] } },
      { k: 1, o: '${x}' },
      1,
    ],
    [
      'if, open condition, but both ways fail',
      { if: { properties: { k: { const: 1 } } }, then: { required: ['b'] }, else: { required: ['b'] } },
      { k: '${x}' },
      1,
    ],
    ['not, open', { not: { properties: { k: { type: 'string' } } } }, { k: '${x}' }, 0],
    ['not, settled', { not: { required: ['k'] } }, { k: 1, o: '${x}' }, 1],
    ['const of an object', { const: { k: 1 } }, { k: '${x}' }, 0],
    ['contains', { contains: { type: 'number' } }, ['${x}'], 0],
    ['contains, nothing open', { contains: { type: 'number' } }, ['x'], 1],
    [
      'dependentSchemas',
      { dependentSchemas: { a: { required: ['b'], properties: { c: { type: 'number' } } } } },
      { a: '${x}', c: '${y}' },
      1,
    ],
    [
      'unevaluatedProperties',
      { anyOf: [{ properties: { k: { type: 'number' } } }], unevaluatedProperties: false },
      { k: '${x}' },
      0,
    ],
    [
      'through $ref',
      {
        $ref: '#/$defs/a',
        $defs: {
          a: { anyOf: [{ $ref: '#/$defs/b' }, { type: 'null' }] },
          b: { properties: { k: { type: 'number' } } },
        },
      },
      { k: '${x}' },
      0,
    ],
  ])('%s', (_, schema, value, faults) => {
    expect(check(schema, value)).toHaveLength(faults);
  });
});

describe('checkSchema', () => {
  const faultsOf = (schema: JsonObject) =>
    validator.checkSchema(schema).map(({ pointer, message }) => `${pointer}: ${message}`);

  it.each<[string, JsonObject, RegExp]>([
    [
      'a type nobody knows',
      { properties: { a: { type: 'strin' } } },
      /^\/properties\/a\/type: "strin" is not allowed here.*Did you mean "string"/,
    ],
    ['a keyword of the wrong kind', { required: 'a' }, /^\/required: The value must be an array, not "a"/],
    ['a negative length', { minLength: -1 }, /^\/minLength: /],
    ['an expression that is none', { pattern: '(' }, /^\/pattern: The pattern "\(" cannot be used/],
    ['look-ahead', { patternProperties: { '(?=a)': {} } }, /^\/patternProperties\/\(\?=a\): .*look-ahead/],
    [
      'a remote reference',
      { $ref: 'https://example.com/schema.json' },
      /^\/\$ref: Remote schemas are never fetched/,
    ],
    ['a reference to nothing', { $ref: '#/$defs/ghost' }, /"#\/\$defs\/ghost" leads nowhere/],
    ['a list of items', { items: [{ type: 'string' }] }, /^\/items: .*"prefixItems"/],
    ['$async', { $async: true }, /^\/\$async: /],
  ])('tells of %s', (_, schema, expected) => {
    const faults = faultsOf(schema);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(expected);
  });

  it('accepts what other tools write', () => {
    expect(faultsOf({ $schema: 'http://json-schema.org/draft-07/schema#', type: 'object' })).toEqual([]);
    expect(
      faultsOf({ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: 'https://a.example/x' }),
    ).toEqual([]);
    expect(faultsOf({ 'x-order': 1, example: 2, format: 'made-up', default: { pattern: '(' } })).toEqual([]);
    expect(faultsOf({ properties: { pattern: { type: 'string' }, $ref: { type: 'string' } } })).toEqual([]);
  });

  it('follows absolute references that lead back into the schema', () => {
    const $defs = { part: { $id: 'https://a.example/part', type: 'string' } };
    expect(check({ $defs, $ref: 'https://a.example/part' }, 1)).toEqual([
      ': The value must be a string, not 1.',
    ]);
    expect(faultsOf({ $defs, $ref: 'https://a.example/other' })[0]).toMatch(/leads nowhere/);
  });

  it('keeps schemas with the same $id apart', () => {
    expect(check({ $id: 'https://a.example/x', type: 'string' }, 1)).toHaveLength(1);
    expect(check({ $id: 'https://a.example/x', type: 'number' }, 1)).toHaveLength(0);
  });

  it('is what check tells when the schema is unusable', () => {
    expect(check({ type: 'strin' }, 1)[0]).toMatch(/^: The schema itself is faulty/);
  });
});

describe('hostile schemas and data', () => {
  it('matches catastrophic patterns in linear time', () => {
    const text = `${'a'.repeat(50_000)}!`;
    expect(check({ pattern: '^(a+)+$' }, text)).toHaveLength(1);
    expect(check({ patternProperties: { '^(a|a)*$': false } }, { [text]: 1 })).toHaveLength(0);
  });

  it('gives up on references that double on every level', () => {
    const $defs: Record<string, Json> = { d0: { type: 'number' } };
    for (let level = 1; level <= 50; level++) {
      const below = { $ref: `#/$defs/d${level - 1}` };
      $defs[`d${level}`] = { allOf: [below, below] };
    }
    expect(check({ $ref: '#/$defs/d50', $defs }, 1)[0]).toMatch(/more than 1000000 steps/);
  });

  it('gives up on alternatives that double with the depth of the data', () => {
    const again = { properties: { next: { $ref: '#' } } };
    let value: Json = { next: 1 };
    for (let level = 0; level < 40; level++) value = { next: value };
    const schema: JsonObject = { type: 'object', oneOf: [again, { ...again, title: 'other' }] };
    expect(check(schema, value).length).toBeGreaterThan(0);
  });

  it('gives up looking for templates in the same big value again and again', () => {
    const schema: JsonObject = { allOf: Array.from({ length: 500 }, () => ({ anyOf: [{ maxItems: 1 }] })) };
    expect(
      check(
        schema,
        Array.from({ length: 100_000 }, () => 'x'),
      )[0],
    ).toMatch(/more than 1000000 steps/);
  });

  it('bounds the comparison of every item with every other', () => {
    const items = Array.from({ length: 200_000 }, (_, id) => ({ id }));
    expect(check({ uniqueItems: true }, items)[0]).toMatch(/more than 1000000 steps/);
  });

  it('refuses huge and deep schemas', () => {
    const properties = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, i) => [`p${i}`, { type: 'string' }]),
    );
    expect(validator.checkSchema({ properties })[0]?.message).toMatch(/more than 2000 objects/);
    let deep: JsonObject = {};
    for (let level = 0; level < 10_000; level++) deep = { not: deep };
    expect(validator.checkSchema(deep)[0]?.message).toMatch(/more than 64 levels/);
  });

  it.each<[string, JsonObject]>([
    ['one', { pattern: `(?:${'abc'.repeat(300)}){1000}` }],
    ['many', { allOf: Array.from({ length: 400 }, (_, i) => ({ pattern: `^((a{1,30}){30}|b${i})$` })) }],
    ['very many', { allOf: Array.from({ length: 600 }, (_, i) => ({ pattern: `^${i}$` })) }],
  ])('refuses %s costly patterns before compiling them', (_, schema) => {
    expect(validator.checkSchema(schema)[0]?.message).toMatch(/repeats too much|more than 500 patterns/);
  });

  it('survives deep data', () => {
    let deep: Json = [];
    for (let level = 0; level < 20_000; level++) deep = [deep];
    expect(check({ items: { $ref: '#' } }, deep)[0]).toMatch(/takes more than/);
  });

  it('takes names of Object.prototype as names', () => {
    const data = JSON.parse('{"__proto__": {"a": 1}, "constructor": 1}') as JsonObject;
    expect(check({ additionalProperties: false }, data)).toHaveLength(2);
    expect(check({ required: ['toString'] }, {})).toEqual([': Property "toString" is required. Add it.']);
    expect(check({ properties: { constructor: { type: 'string' } } }, {})).toEqual([]);
    const schema = JSON.parse('{"properties": {"__proto__": {"type": "string"}}}') as JsonObject;
    expect(check(schema, {})).toEqual([]);
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });

  it('keeps only so many compiled schemas', () => {
    const small = new AjvSchemaValidator({ cachedSchemas: 2 });
    for (const limit of [1, 2, 3, 1]) {
      expect(small.check({ maximum: limit }, limit + 1)).toHaveLength(1);
      expect(small.check({ maximum: limit }, limit)).toHaveLength(0);
    }
  });
});
