import { EngineError } from '@workflow-engine/execution';

export interface MicroBatcherOptions<Item, Result> {
  /** In whatever unit `weigh` returns; one heavier item still goes, alone. */
  readonly maxWeight: number;
  weigh(item: Item): number;
  /** All or nothing: one answer per item, in order, or an error after which nothing of the batch has happened. */
  flush(items: readonly Item[]): Promise<readonly Result[]>;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly weight: number;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Turns concurrent single calls into few multi-row statements. Idle, it flushes at the end of the current turn of
 * the event loop; what comes while a flush is under way makes up the next one. So nobody waits for a timer,
 * and batches grow just as load does.
 */
export class MicroBatcher<Item, Result> {
  private readonly queue: Waiting<Item, Result>[] = [];
  private running = false;

  constructor(private readonly options: MicroBatcherOptions<Item, Result>) {}

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.queue.push({ item, weight: this.options.weigh(item), resolve, reject });
      if (this.running) return;
      this.running = true;
      setImmediate(() => void this.drain());
    });
  }

  private async drain(): Promise<void> {
    while (this.queue.length > 0) await this.settle(this.takeBatch());
    this.running = false;
  }

  private async settle(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.options.flush(batch.map(({ item }) => item));
      for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Result);
    } catch (error) {
      // One item's fault must not fail those that only happened to come at the same time. What is
      // retryable (the database is away) is nobody's fault, and would hit each of them alone just the same.
      const shared = batch.length === 1 || (error instanceof EngineError && error.retryable);
      if (!shared) for (const waiting of batch) await this.settle([waiting]);
      else for (const { reject } of batch) reject(error);
    }
  }

  private takeBatch(): readonly Waiting<Item, Result>[] {
    let weight = 0;
    let count = 0;
    for (const waiting of this.queue) {
      weight += waiting.weight;
      if (count > 0 && weight > this.options.maxWeight) break;
      count++;
    }
    return this.queue.splice(0, count);
  }
}
