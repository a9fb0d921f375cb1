import { describe, expect, it } from '@jest/globals';
import type { EngineGauges } from '@workflow-engine/execution';
import { Registry } from 'prom-client';

import { watchGauges } from './engine-gauges';

const queue = (name: string, waiting = 1, oldestWaitingMs = 1500) => ({
  queue: name,
  waiting,
  claimed: 2,
  oldestWaitingMs,
});

async function shown(read: () => Promise<EngineGauges>, registry = new Registry()): Promise<string[]> {
  watchGauges(registry, read);
  return samplesOf(registry);
}

async function samplesOf(registry: Registry): Promise<string[]> {
  return (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('the gauges of queues and the archive', () => {
  it('show depth and lag of every queue, with one look', async () => {
    let reads = 0;
    const read = async () => {
      reads += 1;
      return { queues: [queue('default'), queue('gpu', 0, 0)], archiveLag: 7 };
    };
    expect(await shown(read)).toEqual([
      'wfe_archive_lag 7',
      'wfe_queue_tasks{queue="default",state="waiting"} 1',
      'wfe_queue_tasks{queue="default",state="claimed"} 2',
      'wfe_queue_tasks{queue="gpu",state="waiting"} 0',
      'wfe_queue_tasks{queue="gpu",state="claimed"} 2',
      'wfe_queue_lag_seconds{queue="default"} 1.5',
      'wfe_queue_lag_seconds{queue="gpu"} 0',
    ]);
    expect(reads).toBe(1);
  });

  it('show what they read last, and nothing when they cannot be read', async () => {
    const registry = new Registry();
    const readings = [
      { queues: [queue('old')], archiveLag: 1 },
      { queues: [queue('new')], archiveLag: 0 },
    ];
    const read = async () => {
      const reading = readings.shift();
      if (reading === undefined) throw new Error('gone');
      return reading;
    };
    expect((await shown(read, registry)).join()).toContain('old');
    const second = (await samplesOf(registry)).join();
    expect(second).toContain('new');
    expect(second).not.toContain('old');
    expect(await samplesOf(registry)).toEqual([]);
  });

  it('put all but the fullest queues together', async () => {
    const queues = Array.from({ length: 130 }, (_, index) => queue(`q${index}`, index, index * 1000));
    const samples = await shown(async () => ({ queues, archiveLag: 0 }));
    expect(samples.filter((sample) => sample.startsWith('wfe_queue_lag_seconds'))).toHaveLength(101);
    const rest = (29 * 30) / 2;
    expect(samples).toContain(`wfe_queue_tasks{queue="other",state="waiting"} ${rest}`);
    expect(samples).toContain('wfe_queue_lag_seconds{queue="other"} 29');
  });
});
