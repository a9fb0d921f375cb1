import { expect, it } from '@jest/globals';

import type { JournalState, NodeState } from '../journal/fold';
import { barRows, ticks } from './bars';

const stateOf = (node: Partial<NodeState>): JournalState => ({
  status: 'RUNNING',
  seq: 1,
  startedAt: 0,
  nodes: new Map([['n', { id: 'n', status: 'RUNNING', attempts: [], firstAt: 0, ...node }]]),
});

it('draws queue, run, backoff and the next run of a node one behind the other', () => {
  const [row] = barRows(
    stateOf({
      attempts: [
        {
          attempt: 1,
          scheduledAt: 0,
          startedAt: 5,
          finishedAt: 20,
          backoffUntil: 100,
          outcome: 'RETRY',
          deliveries: 1,
          logs: [],
        },
        { attempt: 2, scheduledAt: 104, startedAt: 110, deliveries: 1, logs: [] },
      ],
    }),
    150,
  );
  expect(row?.bars.map(({ kind, from, to }) => [kind, from, to])).toEqual([
    ['queued', 0, 5],
    ['running', 5, 20],
    ['waiting', 20, 104],
    ['queued', 104, 110],
    ['running', 110, 150],
  ]);
});

it('draws what is queued as queued, and a delay as waiting', () => {
  const queued = barRows(
    stateOf({ attempts: [{ attempt: 1, scheduledAt: 10, deliveries: 1, logs: [] }] }),
    40,
  );
  expect(queued[0]?.bars).toEqual([{ kind: 'queued', from: 10, to: 40, attempt: 1 }]);
  const delay = barRows(stateOf({ waitingSince: 3, endedAt: 9 }), 40);
  expect(delay[0]?.bars).toEqual([{ kind: 'waiting', from: 3, to: 9, attempt: 1 }]);
});

it('has round marks', () => {
  expect(ticks(1_000, 5)).toEqual([0, 200, 400, 600, 800, 1_000]);
  expect(ticks(0, 5)).toEqual([0]);
});
