import { describe, expect, it } from '@jest/globals';
import { defaultLimits, type Fault, parseDefinition } from './index';

const node = (id: unknown, more: object = {}): unknown => ({ id, handler: 'noop', ...more });
const workflow = (nodes: unknown, more: object = {}): unknown => ({ name: 'test', dag: { nodes }, ...more });

function faultsOf(document: unknown, limits = {}): readonly Fault[] {
  const checked = parseDefinition(document, { limits });
  return checked.ok ? [] : checked.faults;
}

/** `code pointer` of every fault: what a client relies on. */
const told = (document: unknown, limits = {}): string[] =>
  faultsOf(document, limits).map((fault) => `${fault.code} ${fault.pointer}`);

const messageOf = (document: unknown): string => {
  const [fault, ...others] = faultsOf(document);
  expect(others).toEqual([]);
  return fault?.message ?? 'no fault';
};

describe('an accepted definition', () => {
  const full = workflow(
    [
      node('start'),
      node('a_1', {
        dependencies: ['start'],
        config: { url: '${input.base}', deep: [{ x: null }] },
        when: 'input.go',
        join: 'all_done',
        retry: {
          max_attempts: 3,
          interval: 'PT1S',
          backoff_rate: 2.5,
          max_interval: 30,
          jitter: 'none',
          retry_on: ['TIMEOUT', '*'],
        },
        timeout: { schedule_to_start: 'PT1H', start_to_close: 'PT5M', heartbeat: 30 },
        on_failure: 'continue',
        on_uncertain: 'park',
        queue: 'gpu.large',
      }),
      node('constructor', { dependencies: ['start', 'a_1'], join: { at_least: 2 }, timeout: 'PT5S' }),
      node('toString', { dependencies: ['constructor'], join: 'any_succeeded', on_failure: 'fail' }),
    ],
    {
      description: '',
      labels: { team: 'sales', constructor: '' },
      input_schema: { type: 'object' },
      output: ['${constructor.output}'],
      timeout: 600,
    },
  );

  it('is returned as submitted, with its graph', () => {
    const checked = parseDefinition(full);
    if (!checked.ok) throw new Error(JSON.stringify(checked.faults));
    expect(checked.value.definition).toBe(full);
    const { graph } = checked.value;
    expect(graph.ids).toEqual(['start', 'a_1', 'constructor', 'toString']);
    expect(graph.indexOf('constructor')).toBe(2);
    expect(graph.indexOf('hasOwnProperty')).toBeUndefined();
    expect([...graph.predecessors]).toEqual([0, 0, 1, 2]);
  });

  it('may have names in any script, counted in characters', () => {
    expect(told(workflow([node('a')], { name: '🎉'.repeat(255) }))).toEqual([]);
    expect(told(workflow([node('a')], { name: '🎉'.repeat(256) }))).toEqual(['INVALID_LENGTH /name']);
  });

  it('may list dependencies before they are defined', () => {
    expect(told(workflow([node('b', { dependencies: ['a'] }), node('a')]))).toEqual([]);
  });
});

describe('faults of the shape', () => {
  it.each([null, 42, 'text', [], true, undefined, () => 1, new Map(), new Date(0), 10n, Symbol('s')])(
    'a document that is %p is no object',
    (document) => {
      expect(told(document)).toEqual(['WRONG_TYPE ']);
    },
  );

  it('names what is missing', () => {
    expect(told({})).toEqual(['MISSING_FIELD ', 'MISSING_FIELD ']);
    expect(told({ name: 'x', dag: {} })).toEqual(['MISSING_FIELD /dag']);
    expect(told(workflow([{}]))).toEqual(['MISSING_FIELD /dag/nodes/0', 'MISSING_FIELD /dag/nodes/0']);
    expect(messageOf({ name: 'x' })).toBe('A definition needs the field "dag". Add it.');
  });

  it.each<[string, unknown, string]>([
    ['name', 1, 'WRONG_TYPE /name'],
    ['name', '', 'INVALID_LENGTH /name'],
    ['name', 'x'.repeat(256), 'INVALID_LENGTH /name'],
    ['description', null, 'WRONG_TYPE /description'],
    ['description', 'x'.repeat(10_001), 'INVALID_LENGTH /description'],
    ['labels', ['a'], 'WRONG_TYPE /labels'],
    ['labels', { a: 1 }, 'WRONG_TYPE /labels/a'],
    ['labels', { a: 'x'.repeat(1_025) }, 'INVALID_LENGTH /labels/a'],
    ['labels', { '': 'x' }, 'INVALID_LENGTH /labels'],
    ['labels', Object.fromEntries(Array.from({ length: 65 }, (_, i) => [i, ''])), 'TOO_MANY_LABELS /labels'],
    ['input_schema', true, 'WRONG_TYPE /input_schema'],
    ['timeout', [], 'WRONG_TYPE /timeout'],
    ['timeout', 'soon', 'INVALID_DURATION /timeout'],
    ['timeout', 0, 'INVALID_DURATION /timeout'],
    ['dag', [], 'WRONG_TYPE /dag'],
    ['dag', { nodes: {} }, 'WRONG_TYPE /dag/nodes'],
    ['dag', { nodes: [] }, 'NO_NODES /dag/nodes'],
    ['dag', { nodes: ['a'] }, 'WRONG_TYPE /dag/nodes/0'],
    ['failure_workflow', { name: 'x' }, 'UNSUPPORTED /failure_workflow'],
  ])('of the document: %s = %j', (field, value, fault) => {
    expect(told(workflow([node('a')], { [field]: value }))).toEqual([fault]);
  });

  it.each<[string, unknown, string]>([
    ['id', 7, 'WRONG_TYPE /id'],
    ['id', '', 'INVALID_ID /id'],
    ['id', '1st', 'INVALID_ID /id'],
    ['id', 'a b', 'INVALID_ID /id'],
    ['id', 'é', 'INVALID_ID /id'],
    ['id', 'a\n', 'INVALID_ID /id'],
    ['id', 'x'.repeat(129), 'INVALID_ID /id'],
    ['id', 'nodes', 'INVALID_ID /id'],
    ['id', '__proto__', 'INVALID_ID /id'],
    ['handler', null, 'WRONG_TYPE /handler'],
    ['handler', '', 'INVALID_LENGTH /handler'],
    ['dependencies', 'start', 'WRONG_TYPE /dependencies'],
    ['dependencies', [1], 'WRONG_TYPE /dependencies/0'],
    ['config', [], 'WRONG_TYPE /config'],
    ['config', 'x', 'WRONG_TYPE /config'],
    ['when', true, 'WRONG_TYPE /when'],
    ['when', '', 'INVALID_LENGTH /when'],
    ['join', 'all', 'INVALID_VALUE /join'],
    ['join', 1, 'WRONG_TYPE /join'],
    ['join', {}, 'MISSING_FIELD /join'],
    ['join', { at_least: 0 }, 'INVALID_JOIN /join/at_least'],
    ['join', { at_least: 1.5 }, 'INVALID_JOIN /join/at_least'],
    ['join', { at_least: '1' }, 'WRONG_TYPE /join/at_least'],
    ['join', { at_least: 2 }, 'INVALID_JOIN /join/at_least'],
    ['retry', 3, 'WRONG_TYPE /retry'],
    ['retry', { max_attempts: 0 }, 'INVALID_RETRY /retry/max_attempts'],
    ['retry', { max_attempts: 1001 }, 'INVALID_RETRY /retry/max_attempts'],
    ['retry', { max_attempts: 2.5 }, 'INVALID_RETRY /retry/max_attempts'],
    ['retry', { max_attempts: '3' }, 'WRONG_TYPE /retry/max_attempts'],
    ['retry', { backoff_rate: 0.5 }, 'INVALID_RETRY /retry/backoff_rate'],
    ['retry', { backoff_rate: Infinity }, 'INVALID_RETRY /retry/backoff_rate'],
    ['retry', { backoff_rate: NaN }, 'INVALID_RETRY /retry/backoff_rate'],
    ['retry', { interval: '1s' }, 'INVALID_DURATION /retry/interval'],
    ['retry', { interval: -1 }, 'INVALID_DURATION /retry/interval'],
    ['retry', { interval: 10, max_interval: 'PT5S' }, 'INVALID_RETRY /retry/max_interval'],
    ['retry', { jitter: 'half' }, 'INVALID_VALUE /retry/jitter'],
    ['retry', { retry_on: 'TIMEOUT' }, 'WRONG_TYPE /retry/retry_on'],
    ['retry', { retry_on: ['A', ''] }, 'INVALID_LENGTH /retry/retry_on/1'],
    ['retry', { retry_on: Array(101).fill('A') }, 'INVALID_RETRY /retry/retry_on'],
    ['retry', { 'a/b~c': 1 }, 'UNKNOWN_FIELD /retry/a~1b~0c'],
    ['timeout', '10m', 'INVALID_DURATION /timeout'],
    ['timeout', 'PT0S', 'INVALID_DURATION /timeout'],
    ['timeout', { heartbeat: 0 }, 'INVALID_DURATION /timeout/heartbeat'],
    ['timeout', { start_to_close: {} }, 'WRONG_TYPE /timeout/start_to_close'],
    ['timeout', { total: 1 }, 'UNKNOWN_FIELD /timeout/total'],
    ['on_failure', 'ignore', 'INVALID_VALUE /on_failure'],
    ['on_failure', false, 'WRONG_TYPE /on_failure'],
    ['on_failure', { catch: [] }, 'UNSUPPORTED /on_failure'],
    ['on_uncertain', 'wait', 'INVALID_VALUE /on_uncertain'],
    ['on_uncertain', true, 'WRONG_TYPE /on_uncertain'],
    ['queue', '', 'INVALID_VALUE /queue'],
    ['queue', '{p1}', 'INVALID_VALUE /queue'],
    ['queue', 1, 'WRONG_TYPE /queue'],
    ['compensate_with', 'start', 'UNSUPPORTED /compensate_with'],
    ['priority', 5, 'UNSUPPORTED /priority'],
    ['concurrency', {}, 'UNSUPPORTED /concurrency'],
    ['rate_limit', {}, 'UNSUPPORTED /rate_limit'],
    ['cache', {}, 'UNSUPPORTED /cache'],
    ['__proto__', {}, 'UNKNOWN_FIELD /__proto__'],
    ['constructor', {}, 'UNKNOWN_FIELD /constructor'],
  ])('of a node: %s = %j', (field, value, fault) => {
    const base = Object.entries({ id: 'a', handler: 'noop', dependencies: ['start'] });
    const faulty: unknown = Object.fromEntries([...base, [field, value]]);
    expect(told(workflow([node('start'), faulty]))).toEqual([fault.replace(' ', ' /dag/nodes/1')]);
  });

  it('suggests the field that was meant', () => {
    const of = (field: string): string => messageOf(workflow([node('a', { [field]: [] })]));
    expect(of('dependancies')).toBe('A node has no field "dependancies". Did you mean "dependencies"?');
    expect(of('dependsOn')).toContain('Did you mean "dependencies"?');
    expect(of('onFailure')).toContain('Did you mean "on_failure"?');
    expect(of('zzz')).toMatch(/Known fields: id, handler, dependencies/);
    expect(messageOf(workflow([node('a')], { nodes: [] }))).toContain('Did you mean "dag.nodes"?');
  });

  it('says how a duration is written', () => {
    expect(messageOf(workflow([node('a', { timeout: '10m' })]))).toBe(
      '"timeout": "10m" is no duration. Write "PT10M" or a number of seconds.',
    );
  });
});

describe('faults between nodes', () => {
  it('a duplicate id tells where the first one is', () => {
    const document = workflow([node('a'), node('b'), node('a')]);
    expect(told(document)).toEqual(['DUPLICATE_ID /dag/nodes/2/id']);
    expect(messageOf(document)).toContain('/dag/nodes/0');
  });

  it('an unknown dependency comes with the nearest id', () => {
    const document = workflow([node('charge'), node('ship', { dependencies: ['chrage'] })]);
    expect(told(document)).toEqual(['UNKNOWN_DEPENDENCY /dag/nodes/1/dependencies/0']);
    expect(messageOf(document)).toBe('There is no node "chrage". Did you mean "charge"?');
    expect(told(workflow([node('a', { dependencies: ['__proto__', 'toString'] })]))).toEqual([
      'UNKNOWN_DEPENDENCY /dag/nodes/0/dependencies/0',
      'UNKNOWN_DEPENDENCY /dag/nodes/0/dependencies/1',
    ]);
  });

  it('a dependency on itself or listed twice', () => {
    expect(told(workflow([node('a'), node('b', { dependencies: ['a', 'b', 'a'] })]))).toEqual([
      'SELF_DEPENDENCY /dag/nodes/1/dependencies/1',
      'DUPLICATE_DEPENDENCY /dag/nodes/1/dependencies/2',
    ]);
  });

  it('one whole cycle is shown', () => {
    const document = workflow([
      node('start'),
      node('a', { dependencies: ['start', 'c'] }),
      node('b', { dependencies: ['a'] }),
      node('c', { dependencies: ['b'] }),
      node('after', { dependencies: ['c'] }),
    ]);
    expect(told(document)).toEqual(['CYCLE /dag/nodes/1/dependencies']);
    expect(messageOf(document)).toContain('a -> b -> c -> a ');
  });

  it('independent cycles are all told, the shortest way round each', () => {
    const faults = faultsOf(
      workflow([
        node('a', { dependencies: ['b', 'd'] }),
        node('b', { dependencies: ['a'] }),
        node('c', { dependencies: ['b'] }),
        node('d', { dependencies: ['c'] }),
        node('x', { dependencies: ['y', 'a'] }),
        node('y', { dependencies: ['x'] }),
      ]),
    );
    expect(faults.map((fault) => /cycle: ([^(]*) \(/.exec(fault.message)?.[1])).toEqual([
      'a -> b -> a',
      'x -> y -> x',
    ]);
  });

  it('of a very long cycle the middle is left out', () => {
    const ring = Array.from({ length: 5_000 }, (_, i) =>
      node(`n${i}`, { dependencies: [`n${(i + 4_999) % 5_000}`] }),
    );
    const message = messageOf(workflow(ring));
    expect(message).toContain('n0 -> n1 -> n2');
    expect(message).toContain('(4901 more)');
    expect(message).toContain('n4999 -> n0');
  });

  it('a join that can never be met', () => {
    expect(told(workflow([node('a', { join: 'any_succeeded' })]))).toEqual([
      'INVALID_JOIN /dag/nodes/0/join',
    ]);
    expect(told(workflow([node('a', { join: { at_least: 1 } })]))).toEqual([
      'INVALID_JOIN /dag/nodes/0/join/at_least',
    ]);
    expect(told(workflow([node('a', { join: 'all_succeeded' }), node('b', { join: 'all_done' })]))).toEqual(
      [],
    );
  });
});

describe('every fault at once', () => {
  it('lists faults of all kinds in one answer', () => {
    expect(
      told(
        workflow(
          [
            node('a', { dependencies: ['b'], timeout: 'x' }),
            node('b', { dependencies: ['a', 'ghost'] }),
            node('b', { queue: 1 }),
          ],
          { name: 5, extra: { 'a/b': [undefined] } },
        ),
      ),
    ).toEqual([
      'WRONG_TYPE /name',
      'INVALID_DURATION /dag/nodes/0/timeout',
      'WRONG_TYPE /dag/nodes/2/queue',
      'DUPLICATE_ID /dag/nodes/2/id',
      'UNKNOWN_DEPENDENCY /dag/nodes/1/dependencies/1',
      'CYCLE /dag/nodes/0/dependencies',
      'UNKNOWN_FIELD /extra',
      'WRONG_TYPE /extra/a~1b/0',
    ]);
  });

  it('counts what it does not list', () => {
    const faults = faultsOf(workflow(Array.from({ length: 250 }, () => 1)));
    expect(faults).toHaveLength(101);
    expect(faults.at(-1)).toEqual({
      code: 'MORE_FAULTS',
      pointer: '',
      message: '150 more faults are not listed. Mend these and submit again to see the rest.',
    });
    expect(faultsOf(workflow(Array.from({ length: 100 }, () => 1)))).toHaveLength(100);
  });
});

describe('limits', () => {
  it('nodes and edges', () => {
    const three = [node('a'), node('b', { dependencies: ['a'] }), node('c', { dependencies: ['a', 'b'] })];
    expect(told(workflow(three), { nodes: 3, edges: 3 })).toEqual([]);
    expect(told(workflow(three), { nodes: 2 })).toEqual(['TOO_MANY_NODES /dag/nodes']);
    expect(told(workflow(three), { edges: 2 })).toEqual(['TOO_MANY_EDGES /dag/nodes']);
  });

  it('100,001 nodes get one answer', () => {
    const nodes = Array.from({ length: defaultLimits.nodes + 1 }, () => node('same'));
    expect(told(workflow(nodes))).toEqual(['TOO_MANY_NODES /dag/nodes']);
  });

  it('nesting inside a free value', () => {
    const nested = (levels: number): unknown =>
      JSON.parse('[]'.padStart(levels + 1, '[').padEnd(2 * levels, ']'));
    expect(told(workflow([node('a')], { output: nested(64) }))).toEqual([]);
    expect(told(workflow([node('a')], { output: nested(65) }))).toEqual([
      `TOO_DEEP /output${'/0'.repeat(64)}`,
    ]);
  });

  it('the number of values', () => {
    const document = workflow([node('a', { config: { list: [1, 2, 3] } })]);
    expect(told(document, { values: 4 })).toEqual([]);
    expect(told(document, { values: 3 })).toEqual(['TOO_LARGE /dag/nodes/0/config/list']);
  });
});

describe('what could not be stored or would be dangerous', () => {
  it.each<[string, string, string]>([
    ['{"k":["a\\u0000b"]}', 'INVALID_TEXT', '/k/0'],
    ['{"k":"\\ud800"}', 'INVALID_TEXT', '/k'],
    ['{"\\u0000":1}', 'INVALID_TEXT', ''],
    ['{"k":1e400}', 'INVALID_NUMBER', '/k'],
    ['{"k":{"__proto__":{"polluted":true}}}', 'FORBIDDEN_KEY', '/k'],
  ])('config %s', (config, code, pointer) => {
    const document = workflow([node('a', { config: JSON.parse(config) as unknown })]);
    expect(told(document)).toEqual([`${code} /dag/nodes/0/config${pointer}`]);
  });

  it('names and labels too; whole characters outside the BMP are fine', () => {
    expect(told(workflow([node('a')], { name: 'a\0' }))).toEqual(['INVALID_TEXT /name']);
    expect(told(workflow([node('a')], { labels: { ['\udc00']: '' } }))).toEqual(['INVALID_TEXT /labels']);
    const proto = JSON.parse('{"__proto__":"x"}') as unknown;
    expect(told(workflow([node('a')], { labels: proto }))).toEqual(['FORBIDDEN_KEY /labels']);
    expect(told(workflow([node('a', { config: { k: '🎉' } })]))).toEqual([]);
  });
});
