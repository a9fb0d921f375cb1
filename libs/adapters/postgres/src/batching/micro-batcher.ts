/** What a flush says of one item: its result, or why this one alone failed. */
export type Settled<Result> = { readonly result: Result } | { readonly error: unknown };

export interface MicroBatcherOptions<Item, Result> {
  readonly maxItems: number;
  /** In whatever unit `weigh` returns; one heavier item still goes, alone. */
  readonly maxWeight: number;
  weigh(item: Item): number;
  /** One answer per item, in order. When it throws, every item of the batch fails with that error. */
  flush(items: readonly Item[]): Promise<readonly Settled<Result>[]>;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly weight: number;
  resolve(result: Result): void;
  reject(error: unknown): void;
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
    while (this.queue.length > 0) {
      const batch = this.takeBatch();
      try {
        const answers = await this.options.flush(batch.map((waiting) => waiting.item));
        batch.forEach((waiting, index) => settle(waiting, answers[index]));
      } catch (error) {
        for (const waiting of batch) waiting.reject(error);
      }
    }
    this.running = false;
  }

  private takeBatch(): readonly Waiting<Item, Result>[] {
    let weight = 0;
    let count = 0;
    for (const waiting of this.queue) {
      weight += waiting.weight;
      if (count > 0 && (count >= this.options.maxItems || weight > this.options.maxWeight)) break;
      count++;
    }
    return this.queue.splice(0, count);
  }
}

function settle<Item, Result>(waiting: Waiting<Item, Result>, answer: Settled<Result> | undefined): void {
  if (answer === undefined) waiting.reject(new Error('the batch gave no answer for this item'));
  else if ('error' in answer) waiting.reject(answer.error);
  else waiting.resolve(answer.result);
}
