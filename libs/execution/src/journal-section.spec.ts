import { describe, expect, it } from '@jest/globals';

import { someEvents } from '../testing/builders';
import type { Fact, JournalEvent } from './decider/events';
import { JournalSection } from './journal-section';
import { archiveEntry } from './journey/archive-entry';

const error = { code: 'BROKEN', message: 'it is broken', retryable: false };
const of = { node_id: 'n', attempt: 1 };

/** One of each type. */
const facts: { readonly [Type in Fact['type']]: Extract<Fact, { readonly type: Type }> } = {
  ExecutionStarted: { type: 'ExecutionStarted', workflow_id: 'w', version: 1, input: {} },
  NodeScheduled: { type: 'NodeScheduled', ...of },
  NodeStarted: { type: 'NodeStarted', ...of, worker: 'w', started_at: '2026-01-01T00:00:00.000Z' },
  NodeCompleted: { type: 'NodeCompleted', ...of, output: {} },
  NodeFailed: { type: 'NodeFailed', ...of, status: 'FAILED', error, tolerated: false },
  NodeSkipped: { type: 'NodeSkipped', node_id: 'n', reason: 'join' },
  RetryScheduled: { type: 'RetryScheduled', ...of, error, due_at: '2026-01-01T00:00:00.000Z' },
  TaskRedelivered: { type: 'TaskRedelivered', ...of, delivery: 2, reason: 'worker_lost' },
  NodeParked: { type: 'NodeParked', ...of, handler: 'h', error },
  NodeUnparked: { type: 'NodeUnparked', ...of, parked_seq: 1, by: 'retry' },
  TimerSet: { type: 'TimerSet', purpose: 'delay', due_at: '2026-01-01T00:00:00.000Z' },
  ExecutionPaused: { type: 'ExecutionPaused' },
  ExecutionResumed: { type: 'ExecutionResumed' },
  ExecutionRetried: { type: 'ExecutionRetried', node_ids: ['n'] },
  ExecutionCompleted: { type: 'ExecutionCompleted', output: {} },
  ExecutionFailed: { type: 'ExecutionFailed', error },
  ExecutionCancelled: { type: 'ExecutionCancelled' },
  ExecutionTimedOut: { type: 'ExecutionTimedOut', error },
};

describe('a section of a journal', () => {
  const events = someEvents(3, 5);
  const json = JSON.stringify(events);

  it('is the same, whether its events or their text are given', () => {
    for (const section of [JournalSection.of(events), JournalSection.written(3, 5, true, json)]) {
      expect(section).toMatchObject({ first: 3, last: 5, size: 3, isRoutine: true });
      expect(section.events).toEqual(events);
      expect(section.json).toBe(json);
    }
  });

  it('may be empty', () => {
    expect(JournalSection.of([])).toMatchObject({ size: 0, events: [], json: '[]' });
  });

  it('refuses what is no text of events', () => {
    for (const text of ['', '[]', 'events', '[{"seq":3', '[{"seq":3}]\n', '[{"seq":3},\n{"seq":4}]'])
      expect(() => JournalSection.written(3, 5, true, text)).toThrow(SyntaxError);
    expect(() => JournalSection.written(3, 5, false, '[{not to be read}]')).toThrow(SyntaxError);
  });

  it('is joined with the next ones without being read', () => {
    const unreadable = JournalSection.written(6, 6, true, '[{not to be read}]');
    const joined = JournalSection.joined([JournalSection.of(events), unreadable]);
    expect(joined).toMatchObject({ first: 3, last: 6, isRoutine: true });
    expect(joined.json).toBe(`${json.slice(0, -1)},{not to be read}]`);
    const both = JournalSection.joined([JournalSection.of(events), JournalSection.of(someEvents(6, 7))]);
    expect(both.events).toEqual(someEvents(3, 7));
  });

  it.each(Object.values(facts))('is routine only if nothing follows from it: $type', (fact) => {
    const event: JournalEvent = { seq: 7, at: '2026-01-01T00:00:00.000Z', ...fact };
    const section = JournalSection.of([event]);
    const position = { partition: 0, timeline: 1, turn: 1 };
    const slice = { executionId: 'e', terminal: false, position, committedAt: 0 };
    const read = JournalSection.written(7, 7, false, section.json);
    const follows = { ...archiveEntry({ ...slice, section: read }), section: undefined };
    expect({ ...archiveEntry({ ...slice, section }), section: undefined }).toEqual(follows);
    // The beginning of an execution is counted.
    const isNoted =
      Object.keys(follows).length > 4 || follows.settlesDeadLetters || fact.type === 'ExecutionStarted';
    expect(section.isRoutine).toBe(!isNoted);
  });
});
