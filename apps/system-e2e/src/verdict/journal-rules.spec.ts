import { describe, expect, it } from '@jest/globals';
import type { JournalEvent } from '@workflow-engine/contracts';

import { journalFaults } from './journal-rules';

const nodes = [
  { id: 'a', handler: 'noop' },
  { id: 'b', handler: 'noop', dependencies: ['a'] },
];

const error = { code: 'HTTP_5XX', message: 'no', retryable: true };
const facts = {
  started: { type: 'ExecutionStarted', workflow_id: 'w', version: 1, input: {} },
  aScheduled: { type: 'NodeScheduled', node_id: 'a', attempt: 1 },
  aRetried: { type: 'RetryScheduled', node_id: 'a', attempt: 1, error, due_at: '' },
  aScheduledAgain: { type: 'NodeScheduled', node_id: 'a', attempt: 2 },
  aRedelivered: { type: 'TaskRedelivered', node_id: 'a', attempt: 2, delivery: 2, reason: 'worker_lost' },
  aCompleted: { type: 'NodeCompleted', node_id: 'a', attempt: 2, output: {} },
  bScheduled: { type: 'NodeScheduled', node_id: 'b', attempt: 1 },
  bCompleted: { type: 'NodeCompleted', node_id: 'b', attempt: 1, output: {} },
  completed: { type: 'ExecutionCompleted', output: {} },
} as const;

const sound = Object.values(facts);

function journal(list: readonly (typeof sound)[number][]): JournalEvent[] {
  return list.map((fact, index) => ({ seq: index + 1, at: '2026-01-01T00:00:00.000Z', ...fact }));
}

/** A fact put in again behind another one. */
function twice(fact: (typeof sound)[number], behind: (typeof sound)[number]): JournalEvent[] {
  const at = sound.indexOf(behind) + 1;
  return journal([...sound.slice(0, at), fact, ...sound.slice(at)]);
}

describe('the judge of journals', () => {
  it('accepts retries and redeliveries', () => {
    expect(journalFaults(nodes, journal(sound))).toEqual([]);
  });

  it.each([
    ['a gap', journal(sound).filter(({ seq }) => seq !== 4), /event 4 has seq 5/],
    [
      'a second outcome of an attempt',
      twice(facts.aCompleted, facts.aCompleted),
      /second outcome of attempt 2/,
    ],
    [
      'an attempt dispatched twice',
      twice(facts.bScheduled, facts.bScheduled),
      /attempt 1 scheduled at 8 out of turn/,
    ],
    [
      'a redelivery of what is settled',
      twice(facts.aRedelivered, facts.bScheduled),
      /a: TaskRedelivered at 8, but not open/,
    ],
    [
      'a node that starts too early',
      twice(facts.bScheduled, facts.started),
      /b: begins at 2, before "a" has ended/,
    ],
    ['an event after the end', twice(facts.bCompleted, facts.completed), /ExecutionCompleted at 9 of 10/],
    ['a second start', twice(facts.started, facts.aScheduled), /ExecutionStarted at 3/],
    ['no end', journal(sound.slice(0, -1)), /NodeCompleted at 8 of 8/],
    ['nothing at all', [], /the journal is empty/],
  ])('sees %s', (_name, events, fault) => {
    expect(journalFaults(nodes, events).join('\n')).toMatch(fault);
  });
});
