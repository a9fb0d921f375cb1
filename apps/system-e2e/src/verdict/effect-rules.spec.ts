import { describe, expect, it } from '@jest/globals';
import type { JournalEvent } from '@workflow-engine/contracts';

import { type Circumstances, unexplainedEffects } from './effect-rules';

/** Milliseconds since some moment. */
type Time = number;

function scheduled(attempt: number, at: Time): JournalEvent {
  return { seq: 1, at: new Date(at).toISOString(), type: 'NodeScheduled', node_id: 'a', attempt };
}

function redelivered(at: Time): JournalEvent {
  const time = new Date(at).toISOString();
  return {
    seq: 1,
    at: time,
    type: 'TaskRedelivered',
    node_id: 'a',
    attempt: 1,
    delivery: 2,
    reason: 'worker_lost',
  };
}

function judged(calls: readonly Time[], events: readonly JournalEvent[], circumstances: Circumstances = {}) {
  const effects = calls.map((at) => ({ key: 'execution:a', at }));
  return unexplainedEffects('a', effects, events, circumstances);
}

describe('the judge of effects', () => {
  it('accepts a call for each dispatch, a dispatch without a call, and none at all', () => {
    expect(judged([100, 300], [scheduled(1, 99), redelivered(200), scheduled(2, 299)])).toEqual([]);
    expect(judged([], [])).toEqual([]);
  });

  it('sees a call that nobody dispatched, also when one is dispatched later', () => {
    expect(judged([100, 110], [scheduled(1, 99)])).toHaveLength(1);
    expect(judged([100, 110], [scheduled(1, 99), redelivered(200)])).toHaveLength(1);
  });

  it('accepts a call before its dispatch by a worker that went on by itself, and none before it began', () => {
    const before: JournalEvent = {
      seq: 0,
      at: new Date(200).toISOString(),
      type: 'NodeCompleted',
      node_id: 'before',
      attempt: 1,
      output: null,
      started_at: new Date(90).toISOString(),
    };
    expect(judged([100], [before, scheduled(1, 200)])).toEqual([]);
    expect(judged([80], [before, scheduled(1, 200)])).toHaveLength(1);
    expect(judged([100, 110], [before, scheduled(1, 200)])).toHaveLength(1);
  });

  it('accepts a call whose dispatch was forgotten, and none that is older than what can be forgotten', () => {
    const events = [scheduled(1, 20_000)];
    const losses = [{ from: 7_000, at: 9_000 }];
    expect(judged([8_000, 20_001], events, { losses })).toEqual([]);
    expect(judged([6_000, 20_001], events, { losses })).toHaveLength(1);
    expect(judged([8_000, 20_001], events)).toHaveLength(1);
  });

  it('accepts no repetition later on because of a call that had its dispatch', () => {
    const losses = [{ from: 7_000, at: 9_000 }];
    expect(judged([8_000, 20_001], [scheduled(1, 7_500)], { losses })).toHaveLength(1);
  });

  it('accepts a call for each time that somebody else sent the task, and none before that', () => {
    const deliveredAgain = (key: string) => (key === 'execution:a' ? [150] : []);
    expect(judged([100, 160], [scheduled(1, 99)], { deliveredAgain })).toEqual([]);
    expect(judged([100, 140], [scheduled(1, 99)], { deliveredAgain })).toHaveLength(1);
    expect(judged([100, 160, 170], [scheduled(1, 99)], { deliveredAgain })).toHaveLength(1);
  });

  it('accepts calls before they were dispatched, by a clock that was ahead by no more than is known', () => {
    expect(judged([100], [scheduled(1, 5_000)], { clockAheadMs: 5_000 })).toEqual([]);
    expect(judged([100], [scheduled(1, 5_000)], { clockAheadMs: 4_000 })).toHaveLength(1);
  });
});
