import type { Clock } from '../ports/clock';
import type { KnownWorker, WorkerDescription, WorkerDirectory } from '../ports/worker-directory';

export class InMemoryWorkerDirectory implements WorkerDirectory {
  private readonly workers = new Map<string, { readonly worker: KnownWorker; readonly until: number }>();

  constructor(private readonly clock: Clock) {}

  async announce(worker: WorkerDescription, forMs: number): Promise<void> {
    const now = this.clock.now();
    const seenAt = new Date(now).toISOString();
    this.workers.set(worker.id, { worker: { ...worker, seenAt }, until: now + forMs });
  }

  async withdraw(id: string): Promise<void> {
    this.workers.delete(id);
  }

  async list(): Promise<readonly KnownWorker[]> {
    const now = this.clock.now();
    for (const [id, { until }] of this.workers) if (until <= now) this.workers.delete(id);
    return Array.from(this.workers.values(), ({ worker }) => worker).sort((a, b) => (a.id < b.id ? -1 : 1));
  }
}
