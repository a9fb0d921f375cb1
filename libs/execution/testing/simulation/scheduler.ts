import type { Clock } from '../../src/ports/clock';
import type { SeededRandom } from '../seeded-random';

interface Happening {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Decides between those of the same moment: in the real world nobody knows their order. */
  readonly tie: number;
  readonly action: () => void;
}

/** Far more than any seed takes that comes to its end. */
const MOST_HAPPENINGS = 300_000;

/**
 * Owns time: whatever is to happen happens here, one after the other, each when everything that follows from the one
 * before has come to rest. The same random numbers, the same order.
 */
export class Scheduler implements Clock {
  private readonly heap: Happening[] = [];
  private time = Date.UTC(2026, 0, 1);
  /** How many things have happened. */
  count = 0;

  constructor(private readonly random: SeededRandom) {}

  now(): number {
    return this.time;
  }

  at(time: number, action: () => void): void {
    this.heap.push({ at: time, tie: this.random.next(), action });
    this.siftUp(this.heap.length - 1);
  }

  after(ms: number, action: () => void): void {
    this.at(this.time + ms, action);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  /** Lets things happen until `isOver`. Rejects with whatever an action throws. */
  run(isOver: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = (): void => {
        try {
          if (isOver()) return resolve();
          this.happen();
          // The next turn of the event loop begins when every promise that is ready has been run.
          setImmediate(step);
        } catch (error) {
          reject(error instanceof Error ? error : new Error('an action failed', { cause: error }));
        }
      };
      setImmediate(step);
    });
  }

  private happen(): void {
    const next = this.pop();
    if (next === undefined) throw new Error('nothing will ever happen again');
    if (this.count >= MOST_HAPPENINGS)
      throw new Error(`no end after ${this.count} steps: something goes round and round`);
    this.time = Math.max(this.time, next.at);
    this.count += 1;
    next.action();
  }

  private pop(): Happening | undefined {
    const [first] = this.heap;
    const last = this.heap.pop();
    if (last !== undefined && this.heap.length > 0) {
      this.heap[0] = last;
      this.siftDown();
    }
    return first;
  }

  private siftUp(start: number): void {
    for (let child = start; child > 0;) {
      const parent = (child - 1) >> 1;
      if (!this.isBefore(child, parent)) return;
      this.swap(child, parent);
      child = parent;
    }
  }

  private siftDown(): void {
    for (let parent = 0; ;) {
      const left = 2 * parent + 1;
      const child = this.isBefore(left + 1, left) ? left + 1 : left;
      if (!this.isBefore(child, parent)) return;
      this.swap(child, parent);
      parent = child;
    }
  }

  private isBefore(one: number, other: number): boolean {
    const [a, b] = [this.heap[one], this.heap[other]];
    if (a === undefined || b === undefined) return b === undefined && a !== undefined;
    return a.at === b.at ? a.tie < b.tie : a.at < b.at;
  }

  private swap(one: number, other: number): void {
    const [a, b] = [this.heap[one], this.heap[other]];
    if (a === undefined || b === undefined) return;
    this.heap[one] = b;
    this.heap[other] = a;
  }
}

/** A clock's sleep over whatever makes things happen later. */
export function sleepOn(
  timer: { after(ms: number, action: () => void): void },
  ms: number,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const wake = (): void => {
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    timer.after(Math.max(0, Math.ceil(ms)), wake);
    signal?.addEventListener('abort', wake, { once: true });
  });
}
