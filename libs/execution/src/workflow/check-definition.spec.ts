import { describe, expect, it } from '@jest/globals';
import type { Fault } from '@workflow-engine/dag';

import type { HandlerCatalog } from '../ports/task-handler';
import { checkDefinition } from './check-definition';

const handlers: HandlerCatalog = {
  find: (name) => (name === 'http' ? { name } : undefined),
  names: () => ['http'],
};
const schemas = { check: () => [], checkSchema: () => [] };

function faultsOf(document: unknown): readonly Fault[] {
  const checked = checkDefinition(document, { handlers, schemas });
  return checked.ok ? [] : checked.faults;
}

const pairs = (faults: readonly Fault[]): string[] =>
  faults.map(({ code, pointer }) => `${code} ${pointer}`).sort();

describe('checking a definition', () => {
  it('tells faults of shape, graph, handlers and templates in one answer', () => {
    const faults = faultsOf({
      name: 'all-at-once',
      nodez: [],
      dag: {
        nodes: [
          { id: 'a', handler: 'htp', dependencies: ['b'] },
          { id: 'b', handler: 'http', dependencies: ['a'], config: { url: '${a.output.' } },
          { id: 'b', handler: 'http', config: { url: '${ghost.output.x}' }, when: 'a.outputs == 1' },
        ],
      },
    });

    expect(pairs(faults)).toEqual([
      'CYCLE /dag/nodes/0/dependencies',
      'DUPLICATE_ID /dag/nodes/2/id',
      'TEMPLATE_SYNTAX /dag/nodes/1/config/url',
      'UNKNOWN_FIELD /dag/nodes/2/when',
      'UNKNOWN_FIELD /nodez',
      'UNKNOWN_HANDLER /dag/nodes/0/handler',
      'UNKNOWN_REFERENCE /dag/nodes/2/config/url',
    ]);
  });

  it('suggests the handler that was meant', () => {
    const [fault] = faultsOf({ name: 'typo', dag: { nodes: [{ id: 'a', handler: 'htpp' }] } });

    expect(fault?.message).toContain('Did you mean "http"?');
  });

  it('refuses a handler that only workers of other queues offer', () => {
    const greet = { name: 'greet', queues: ['gpu', 'greetings'] };
    const rules = { handlers: { find: () => greet, names: () => ['greet'] }, schemas };
    const inQueue = (queue: object) => ({
      name: 'q',
      dag: { nodes: [{ id: 'a', handler: 'greet', ...queue }] },
    });

    expect(checkDefinition(inQueue({ queue: 'gpu' }), rules).ok).toBe(true);
    expect(checkDefinition(inQueue({}), rules)).toMatchObject({
      faults: [{ code: 'UNKNOWN_HANDLER', message: expect.stringMatching(/"default".*: gpu, greetings\./) }],
    });
  });

  it('refuses secrets where the engine would record them', () => {
    const node = { id: 'a', handler: 'transform', config: { key: '${secrets.KEY}' } };

    expect(pairs(faultsOf({ name: 'leak', dag: { nodes: [node] } }))).toEqual([
      'SECRET_NOT_ALLOWED /dag/nodes/0/config',
    ]);
  });

  it('refuses a policy for uncertain tasks where there is no task', () => {
    const on_uncertain = 'park';
    const nodes = [
      { id: 'a', handler: 'transform', on_uncertain },
      { id: 'b', handler: 'noop', on_uncertain },
      { id: 'c', handler: 'noop', queue: 'gpu', on_uncertain },
      { id: 'd', handler: 'http', on_uncertain },
    ];
    const expected = ['NOT_A_TASK /dag/nodes/0/on_uncertain', 'NOT_A_TASK /dag/nodes/1/on_uncertain'];
    // `noop` is a task when it has a queue.
    const known = { find: (name: string) => ({ name }), names: () => [] };
    const checked = checkDefinition({ name: 'x', dag: { nodes } }, { handlers: known, schemas });
    expect(pairs(checked.ok ? [] : checked.faults)).toEqual(expected);
    expect(pairs(faultsOf({ nodez: [], dag: { nodes: nodes.slice(0, 1) } }))).toContain(expected[0]);
  });

  it('lists a bounded number of faults and says that there are more', () => {
    const nodes = Array.from({ length: 100_000 }, (_, index) => ({
      id: `n${index}`,
      handler: `ghost${index}`,
    }));

    const faults = faultsOf({ name: 'ghosts', dag: { nodes } });

    expect(faults).toHaveLength(101);
    expect(faults.at(-1)?.code).toBe('MORE_FAULTS');
  });

  it.each([[null], [[]], [{ dag: null }], [{ dag: { nodes: [null, 1, 'x', [], { id: 7, config: [] }] } }]])(
    'finds faults in %j without failing itself',
    (document) => expect(faultsOf(document).length).toBeGreaterThan(0),
  );
});
