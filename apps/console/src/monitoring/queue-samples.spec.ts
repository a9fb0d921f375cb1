import { describe, expect, it } from '@jest/globals';

import { parsedSamples, recent, sampleOf, seenMs } from './queue-samples';

const queue = { name: 'default', waiting: 2, in_progress: 3, oldest_waiting_ms: null, workers: 1 };

describe('samples of the queues', () => {
  it('sum all queues up, and know the task that has waited longest', () => {
    const items = [queue, { ...queue, name: 'slow', oldest_waiting_ms: 40 }];
    expect(sampleOf({ items, archive_lag: 7 }, 1_000)).toEqual({
      at: 1_000,
      waiting: 4,
      inProgress: 6,
      oldestMs: 40,
      archiveLag: 7,
    });
  });

  it('outlast a reload, for as long as they are shown', () => {
    const samples = [0, 1_000].map((at) => sampleOf({ items: [queue], archive_lag: 0 }, at));
    const kept = parsedSamples(JSON.stringify(samples));
    expect(kept).toEqual(samples);
    expect(recent(kept, seenMs + 500)).toEqual(samples.slice(1));
  });

  it('are nothing when what was kept is something else', () => {
    for (const text of [null, '', '{', '{}', '[1, null, {"at": "x"}]'])
      expect(parsedSamples(text)).toEqual([]);
  });
});
