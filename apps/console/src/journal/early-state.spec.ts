import { describe, expect, it } from '@jest/globals';

import { graphOf } from '../graph/workflow-graph';
import { earlyState } from './early-state';

const graph = graphOf({
  dag: {
    nodes: [
      { id: 'a', handler: 'noop' },
      { id: 'b', handler: 'noop' },
    ],
  },
});

describe('an execution without its journal', () => {
  it('is shown as the engine knows it', () => {
    const state = earlyState(graph, {
      execution_id: 'e',
      workflow_id: 'w',
      name: 'n',
      version: 1,
      status: 'FAILED',
      progress: { total: 2, finished: 2, percent: 100 },
      node_statuses: { a: 'COMPLETED', b: 'FAILED' },
      labels: {},
      created_at: '2026-01-01T00:00:00.000Z',
      started_at: '2026-01-01T00:00:01.000Z',
      finished_at: '2026-01-01T00:00:02.000Z',
      error: { code: 'NO', message: 'no', node_id: 'b' },
    });
    expect(state).toMatchObject({ status: 'FAILED', seq: 0, error: { code: 'NO' } });
    expect((state.finishedAt ?? 0) - (state.startedAt ?? 0)).toBe(1_000);
    expect([...state.nodes.values()].map(({ status }) => status)).toEqual(['COMPLETED', 'FAILED']);
  });
});
