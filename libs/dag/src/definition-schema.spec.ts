import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020';
import fc from 'fast-check';
import {
  type DefinitionFaultCode,
  definitionSchema,
  definitionSchemaWith,
  type Fault,
  parseDefinition,
} from './index';

const matchesSchema = new Ajv2020({ strictTypes: false }).compile(definitionSchema);

/** What only parseDefinition can see; of some other codes a part: see `isBeyondSchema`. */
const beyond: readonly string[] = [
  'DUPLICATE_ID',
  'UNKNOWN_DEPENDENCY',
  'SELF_DEPENDENCY',
  'CYCLE',
  'TOO_DEEP',
  'INVALID_TEXT',
  'FORBIDDEN_KEY',
] satisfies DefinitionFaultCode[];

function isBeyondSchema({ code, message, pointer }: Fault, document: unknown): boolean {
  if (beyond.includes(code) || /can never be met|is shorter than/.test(message)) return true;
  // A schema can bound the number of seconds, but not what a string stands for.
  return message.includes('longer than 10 years') && typeof valueAt(document, pointer) === 'string';
}

function valueAt(document: unknown, pointer: string): unknown {
  const keys = pointer.split('/').slice(1);
  return keys.reduce((value, key) => (value as Record<string, unknown>)[key], document);
}

/** Both must agree on everything that a schema can say. */
function expectAgreement(document: unknown): void {
  const checked = parseDefinition(document);
  const faults = checked.ok ? [] : checked.faults;
  const shapeFaults = faults.filter((fault) => !isBeyondSchema(fault, document));
  const verdict = { document, matches: matchesSchema(document) };
  expect(verdict).toEqual({ document, matches: shapeFaults.length === 0 });
}

/** For each field: values that are right, values that are wrong. */
const nodeFields: Record<string, { good: unknown[]; bad: unknown[] }> = {
  id: {
    good: ['a', '_', 'x'.repeat(128), 'constructor'],
    bad: ['', '1', 'x'.repeat(129), 'nodes', '__proto__', 'é', 1],
  },
  handler: { good: ['http', '🎉'.repeat(128)], bad: ['', '🎉'.repeat(129), null] },
  dependencies: { good: [[], ['b'], ['ghost']], bad: ['b', [1], ['b', 'b'], null, {}] },
  config: { good: [{}, { a: [null] }], bad: [[], null, 'x'] },
  when: { good: ['true'], bad: ['', 1] },
  join: {
    good: ['all_succeeded', 'all_done', 'any_succeeded', 'none_failed', { at_least: 1 }, { at_least: 9 }],
    bad: ['all', {}, { at_least: 0 }, { at_least: 1.5 }, { at_least: 1, x: 1 }, 1, null],
  },
  retry: {
    good: [
      {},
      { max_attempts: 1 },
      {
        max_attempts: 1000,
        interval: 0,
        backoff_rate: 1,
        max_interval: 'PT0S',
        jitter: 'full',
        retry_on: [],
      },
      { interval: 5, max_interval: 1 },
      { retry_on: ['*'] },
    ],
    bad: [
      ...[
        { max_attempts: 0 },
        { max_attempts: 1001 },
        { max_attempts: 1.5 },
        { backoff_rate: 0.9 },
        { jitter: 'x' },
      ],
      ...[
        { backoff_rate: 1001 },
        { retry_on: [''] },
        { retry_on: '*' },
        { retry_on: Array(101).fill('x') },
        { x: 1 },
        3,
      ],
    ],
  },
  timeout: {
    good: [
      'PT1S',
      1,
      0.5,
      'PT0.5S',
      {},
      { heartbeat: 'P1D' },
      { start_to_close: 1, schedule_to_start: 'P9W' },
      'P9999D',
    ],
    bad: [
      'PT0S',
      0,
      -1,
      'P0D',
      '5m',
      'P1M',
      'PT1.5M2S',
      `PT${'1'.repeat(99)}S`,
      1e9,
      { x: 1 },
      { heartbeat: 0 },
      null,
      [],
    ],
  },
  on_failure: { good: ['fail', 'continue'], bad: ['x', { catch: [] }, null] },
  on_uncertain: { good: ['retry', 'park', 'fail'], bad: ['x', ['park'], null] },
  queue: { good: ['default', 'a.b-c_9'], bad: ['', '-a', 'a b', 'x'.repeat(65), 1] },
  cache: { good: [], bad: [{}] },
  unknown: { good: [], bad: [1] },
};

const documentFields: Record<string, { good: unknown[]; bad: unknown[] }> = {
  name: { good: ['x', '🎉'.repeat(255)], bad: ['', 'x'.repeat(256), 1] },
  description: { good: ['', 'x'], bad: ['x'.repeat(10_001), null] },
  labels: {
    good: [{}, { a: '' }, { constructor: 'x' }],
    bad: [{ a: 1 }, { '': 'x' }, { a: 'x'.repeat(1_025) }, { ['k'.repeat(129)]: '' }, [], manyLabels(65)],
  },
  input_schema: { good: [{}], bad: [true, []] },
  output: { good: [null, 1, [{}], '${a.output}'], bad: [] },
  timeout: { good: ['PT1S', 5], bad: [0, 'x', {}] },
  failure_workflow: { good: [], bad: [{ name: 'x' }] },
  dag: {
    good: [],
    bad: [{}, [], { nodes: {} }, { nodes: [] }, { nodes: [1] }, { nodes: [{}] }, { nodes: [], x: 1 }],
  },
};

function manyLabels(count: number): object {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, '']));
}

const workflow = (first: object, more: object = {}): unknown => ({
  name: 'test',
  dag: {
    nodes: [
      { id: 'a', handler: 'noop', ...first },
      { id: 'b', handler: 'noop' },
    ],
  },
  ...more,
});

const cases = (fields: typeof nodeFields, kind: 'good' | 'bad'): [string, unknown][] =>
  Object.entries(fields).flatMap(([field, values]) =>
    values[kind].map((value): [string, unknown] => [field, value]),
  );

describe('the published JSON Schema', () => {
  it.each(cases(nodeFields, 'good'))('accepts a node with %s = %j, as parsing does', (field, value) => {
    expect(matchesSchema(workflow({ [field]: value }))).toBe(true);
    expectAgreement(workflow({ [field]: value }));
  });

  it.each(cases(nodeFields, 'bad'))('refuses a node with %s = %j, as parsing does', (field, value) => {
    expect(matchesSchema(workflow({ [field]: value }))).toBe(false);
    expectAgreement(workflow({ [field]: value }));
  });

  it.each(cases(documentFields, 'good'))(
    'accepts a document with %s = %j, as parsing does',
    (field, value) => {
      expect(matchesSchema(workflow({}, { [field]: value }))).toBe(true);
      expectAgreement(workflow({}, { [field]: value }));
    },
  );

  it.each(cases(documentFields, 'bad'))(
    'refuses a document with %s = %j, as parsing does',
    (field, value) => {
      expect(matchesSchema(workflow({}, { [field]: value }))).toBe(false);
      expectAgreement(workflow({}, { [field]: value }));
    },
  );

  it('agrees with parsing on every mixture of right and wrong fields', () => {
    const mixture = (fields: typeof nodeFields): fc.Arbitrary<object> =>
      fc
        .subarray(
          Object.entries(fields).map(([field, { good, bad }]) => ({ field, values: [...good, ...bad] })),
          { maxLength: 4 },
        )
        .chain((chosen) =>
          fc.tuple(
            ...chosen.map(({ field, values }) => fc.constantFrom(...values).map((value) => [field, value])),
          ),
        )
        .map((entries) => Object.fromEntries(entries) as object);
    fc.assert(
      fc.property(mixture(nodeFields), mixture(documentFields), (node, document) => {
        expectAgreement(workflow(node, document));
      }),
      { numRuns: 500 },
    );
  });

  it('agrees with parsing on which durations are written correctly', () => {
    const letters = fc.string({ unit: fc.constantFrom(...Array.from('PTWDHMS0159.,')), maxLength: 10 });
    const likely = fc.tuple(fc.constantFrom('P', 'PT', 'P1DT'), letters).map(([start, rest]) => start + rest);
    fc.assert(
      fc.property(fc.oneof(letters, likely), (timeout) => expectAgreement(workflow({}, { timeout }))),
      { numRuns: 2_000 },
    );
  });
});

describe('the schema with handlers', () => {
  const configSchema = {
    properties: { seconds: { $ref: '#/$defs/count' } },
    $defs: { count: { type: 'number' } },
  };
  const schema = definitionSchemaWith([{ name: 'wait', configSchema }, { name: 'work' }]);
  const matches = new Ajv2020({ strict: false }).compile(schema);
  const withNode = (node: object) => ({ name: 'x', dag: { nodes: [{ id: 'a', ...node }] } });

  it('tells what there is, and refuses nothing more', () => {
    expect(schema).toMatchObject({
      $defs: {
        node: {
          properties: { handler: { examples: ['wait', 'work'] } },
          allOf: [{ then: { properties: { config: { anyOf: [configSchema, {}] } } } }, {}],
        },
      },
    });
    expect(matches(withNode({ handler: 'wait', config: { seconds: '${input.seconds}' } }))).toBe(true);
    expect(matches(withNode({ handler: 'announced-later' }))).toBe(true);
    expect(matches(withNode({ handler: 'wait', config: 3 }))).toBe(false);
    expect(matches(withNode({}))).toBe(false);
  });
});
