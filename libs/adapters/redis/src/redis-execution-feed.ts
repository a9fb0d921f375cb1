import type { ExecutionFeed, JournalSlice, Unsubscribe } from '@workflow-engine/execution';

import type { RedisConnection } from './connection/redis-connection';
import { noted } from './hot-journal';
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
      const journal = fields[index] ?? '';
      const executionId = this.connection.keys.executionOf(journal);
      const listeners = [
        ...(this.listeners.get(executionId) ?? []),
        ...(this.listeners.get(undefined) ?? []),
      ];
      if (listeners.length === 0) continue;
      const { terminal, section } = await noted(this.connection, journal, fields[index + 1] ?? '');
      const slice = { executionId: executionId ?? '', terminal, events: section.events };
      for (const listener of listeners) listener(slice);
    }
  }
}
