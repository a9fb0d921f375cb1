import { afterEach, describe, expect, it } from '@jest/globals';
import type { JournalEvent } from '@workflow-engine/execution';

import { EngineUnderTest } from './testing/engine-under-test';
import {
  type HotPortsUnderTest,
  clusterUrls,
  hotPortsOn,
  recordingLog,
  servers,
} from './testing/hot-ports-under-test';
import { leftovers, loseAllKeys } from './testing/leftovers';

const PARTITIONS = 8;

interface NodeSketch {
  readonly id: string;
  readonly handler: string;
  readonly dependencies?: readonly string[];
  readonly retry?: unknown;
}

const diamond: readonly NodeSketch[] = [
  { id: 'start', handler: 'work' },
  ...Array.from({ length: 8 }, (_, i) => ({ id: `w${i}`, handler: 'work', dependencies: ['start'] })),
  { id: 'end', handler: 'work', dependencies: Array.from({ length: 8 }, (_, i) => `w${i}`) },
];
const retried: readonly NodeSketch[] = [
  { id: 'a', handler: 'flaky', retry: { max_attempts: 3, interval: 'PT0.05S' } },
  { id: 'b', handler: 'work', dependencies: ['a'] },
];
const cancelled: readonly NodeSketch[] = [
  { id: 'a', handler: 'slow' },
  { id: 'b', handler: 'work', dependencies: ['a'] },
];

describe.each(Object.entries(servers))('the engine on %s', (name, url) => {
  let hot: HotPortsUnderTest;
  let engine: EngineUnderTest;
  const log = recordingLog();

  async function open(): Promise<void> {
    hot = await hotPortsOn(url, { partitions: PARTITIONS, log });
    engine = new EngineUnderTest(hot, { partitions: PARTITIONS, log, worker: { concurrency: 256 } });
    await engine.start();
  }
  afterEach(async () => {
    await engine.stop();
    await hot.close();
  });

  async function startMany(nodes: readonly NodeSketch[], count: number): Promise<readonly string[]> {
    const workflow = `w-${Math.random().toString(36).slice(2)}`;
    await engine.api.register({ name: workflow, dag: { nodes } });
    const started = await engine.api.start(
      workflow,
      Array.from({ length: count }, () => ({ input: {} })),
    );
    return started.map(({ execution }) => execution.id);
  }

  it('runs 500 executions with fan-in, retries and cancellation, and leaves nothing behind', async () => {
    await open();
    const [fanIns, retries, cancels] = [
      await startMany(diamond, 400),
      await startMany(retried, 60),
      await startMany(cancelled, 40),
    ];
    await Promise.all(cancels.map((id) => engine.api.cancel(id)));
    const journals = await engine.finished([...fanIns, ...retries, ...cancels], 60_000);

    for (const id of [...fanIns, ...retries]) expect(lastOf(journals, id)).toBe('ExecutionCompleted');
    for (const id of cancels) expect(lastOf(journals, id)).toBe('ExecutionCancelled');
    for (const id of fanIns) assertOneOutcomeInOrder(journals.get(id) ?? [], 10);
    for (const id of retries)
      expect(typesOf(journals, id).filter((type) => type === 'RetryScheduled')).toHaveLength(1);
    // Workers drop what was cancelled while it queued.
    await until(async () =>
      (await hot.tasks.depths()).every(({ waiting, claimed }) => waiting + claimed === 0),
    );
    await engine.worker.stop();
    // The reaper forgets revocations that can concern nobody any more.
    await hot.tasks.reclaimStalled(60_000, 100);
    expect(await leftovers(hot.connection, name === 'cluster' ? clusterUrls() : [url])).toEqual([]);
  }, 120_000);

  it('brings everything back after all data was lost', async () => {
    await open();
    const ids = await startMany(diamond, 300);
    await until(async () => (await hot.outbox.lag()) > 0);
    await loseAllKeys(name === 'cluster' ? clusterUrls() : [url], hot.connection.keys);
    const journals = await engine.finished(ids, 60_000);
    for (const id of ids) {
      expect(lastOf(journals, id)).toBe('ExecutionCompleted');
      assertOneOutcomeInOrder(journals.get(id) ?? [], 10);
    }
  }, 120_000);
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
}

type Journals = ReadonlyMap<string, readonly JournalEvent[]>;

function typesOf(journals: Journals, id: string): readonly string[] {
  return (journals.get(id) ?? []).map(({ type }) => type);
}

function lastOf(journals: Journals, id: string): string | undefined {
  return typesOf(journals, id).at(-1);
}

function assertOneOutcomeInOrder(journal: readonly JournalEvent[], nodes: number): void {
  expect(journal.map(({ seq }) => seq)).toEqual(journal.map((_, index) => index + 1));
  const completed = journal.flatMap((event) => (event.type === 'NodeCompleted' ? [event.node_id] : []));
  expect(completed).toHaveLength(nodes);
  expect(new Set(completed).size).toBe(nodes);
  expect([completed[0], completed.at(-1)]).toEqual(['start', 'end']);
}
