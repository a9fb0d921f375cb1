import type { ExecutionFeed, JournalSlice, Unsubscribe } from '@workflow-engine/execution';
import { partitionOf } from '@workflow-engine/execution';

import type { RedisConnection } from './connection/redis-connection';
import { unpackElement, unpackNote } from './encoding/journal-slice';
import type { SliceNote } from './encoding/journal-slice';
import { StreamFollower } from './stream-follower';

type Listener = (slice: JournalSlice) => void;

/** Somebody who left often comes back soon: the next look at the same page. */
const LINGER_MS = 30_000;

/** Live slices from a capped stream per partition, which is written only while somebody follows. */
export class RedisExecutionFeed implements ExecutionFeed {
  private readonly listeners = new Map<string | undefined, Set<Listener>>();
  private readonly follower: StreamFollower;
  private lingering: NodeJS.Timeout | undefined;

  constructor(private readonly connection: RedisConnection) {
    this.follower = new StreamFollower(connection, {
      purpose: 'live journals',
      streamOf: ({ feed }) => feed,
      watchedOf: ({ feedWatched }) => feedWatched,
      onEntry: (fields) => this.publish(fields),
    });
    connection.onClose(() => clearTimeout(this.lingering));
  }

  async subscribe(executionId: string | undefined, listener: Listener): Promise<Unsubscribe> {
    clearTimeout(this.lingering);
    const listeners = this.listeners.get(executionId) ?? new Set();
    this.listeners.set(executionId, listeners.add(listener));
    const unsubscribe = (): void => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.listeners.get(executionId) === listeners)
        this.listeners.delete(executionId);
      if (this.listeners.size === 0) this.linger();
    };
    try {
      await this.follower.start();
    } catch (error) {
      unsubscribe();
      throw error;
    }
    return async () => unsubscribe();
  }

  private linger(): void {
    clearTimeout(this.lingering);
    this.lingering = setTimeout(() => this.follower.stop(), LINGER_MS);
    this.lingering.unref();
  }

  private async publish(fields: readonly string[]): Promise<void> {
    for (let index = 0; index + 1 < fields.length; index += 2) {
      const header = fields[index] ?? '';
      const [executionId] = JSON.parse(header) as readonly [string];
      const listeners = [
        ...(this.listeners.get(executionId) ?? []),
        ...(this.listeners.get(undefined) ?? []),
      ];
      if (listeners.length === 0) continue;
      const note = unpackNote(header, fields[index + 1] ?? '');
      const slice = { executionId, terminal: note.terminal, events: note.events ?? (await this.load(note)) };
      for (const listener of listeners) listener(slice);
    }
  }

  /** A large slice is in the hot journal, unless it is archived already. */
  private async load({ executionId, first, last }: SliceNote): Promise<JournalSlice['events']> {
    const { keys } = this.connection;
    const journal = keys.journal(partitionOf(executionId, keys.partitions), executionId);
    const elements = (await this.connection.run('readJournal', [journal], [first - 1])) as
      readonly string[] | null;
    const events = (elements ?? []).flatMap((element) => unpackElement(element).events ?? []);
    return events.filter(({ seq }) => seq >= first && seq <= last);
  }
}
