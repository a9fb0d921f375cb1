import { describe, expect, it } from '@jest/globals';
import type { JournalEvent } from '@workflow-engine/contracts';

import { foldJournal } from './journal-fold';

const at = '2026-01-01T00:00:00.000Z';
const error = { code: 'HTTP_5XX', message: 'no', retryable: false };

describe('the fold of the judge', () => {
  it('tells how an execution and its nodes ended', () => {
    const events: readonly JournalEvent[] = [
      { seq: 1, at, type: 'ExecutionStarted', workflow_id: 'w', version: 1, input: {} },
      { seq: 2, at, type: 'NodeCompleted', node_id: 'a', attempt: 1, output: 7 },
      { seq: 3, at, type: 'NodeSkipped', node_id: 'b', reason: 'condition' },
      {
        seq: 4,
        at,
        type: 'NodeFailed',
        node_id: 'c',
        attempt: 1,
        status: 'TIMED_OUT',
        error,
        tolerated: true,
      },
      { seq: 5, at, type: 'ExecutionFailed', error: { code: 'HTTP_5XX', message: 'no' } },
    ];
    expect(foldJournal(['a', 'b', 'c', 'd'], events)).toEqual({
      status: 'FAILED',
      output: null,
      outputs: { a: 7 },
      nodeStatuses: { a: 'COMPLETED', b: 'SKIPPED', c: 'TIMED_OUT', d: 'CANCELLED' },
    });
  });

  it('gives no status to what has not ended', () => {
    expect(foldJournal([], []).status).toBeUndefined();
  });
});
