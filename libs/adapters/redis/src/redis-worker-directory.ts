import type { KnownWorker, WorkerDescription, WorkerDirectory } from '@workflow-engine/execution';

import type { RedisConnection } from './connection/redis-connection';

/** The server's clock counts. */
export class RedisWorkerDirectory implements WorkerDirectory {
  constructor(private readonly connection: RedisConnection) {}

  async announce(worker: WorkerDescription, forMs: number): Promise<void> {
    await this.exchange(forMs, [worker.id, JSON.stringify({ forMs, worker })]);
  }

  async withdraw(id: string): Promise<void> {
    await this.connection.send('HDEL', this.connection.keys.workers, id);
  }

  async list(): Promise<readonly KnownWorker[]> {
    const known: KnownWorker[] = [];
    const reply = await this.exchange(0, []);
    for (let index = 1; index < reply.length; index += 2) {
      const [, until, text] = /^\d+:(\d+):(.*)$/s.exec(reply[index] ?? '') ?? [];
      const announcement = announcementOf(text ?? '');
      if (announcement === undefined) continue;
      const { forMs, worker } = announcement;
      known.push({
        ...worker,
        tasks: worker.tasks ?? [],
        seenAt: new Date(Number(until) - forMs).toISOString(),
      });
    }
    return known.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** The last announcement of a worker counts: they all begin at the same time. */
  private async exchange(forMs: number, args: readonly string[]): Promise<readonly string[]> {
    const { workers } = this.connection.keys;
    return (await this.connection.run('announce', [workers], [forMs, 0, ...args])) as readonly string[];
  }
}

interface Announcement {
  readonly forMs: number;
  /** A worker of an older version does not tell its tasks. */
  readonly worker: Omit<WorkerDescription, 'tasks'> & Partial<Pick<WorkerDescription, 'tasks'>>;
}

/** What cannot be read is left out, and lapses. */
function announcementOf(text: string): Announcement | undefined {
  try {
    const announcement: unknown = JSON.parse(text);
    return isAnnouncement(announcement) ? announcement : undefined;
  } catch {
    return undefined;
  }
}

function isAnnouncement(value: unknown): value is Announcement {
  return typeof value === 'object' && value !== null && 'forMs' in value && 'worker' in value;
}
