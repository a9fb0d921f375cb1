import type { Clock } from '../src/ports/clock';

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** A clock that stands still until it is told to move, and then wakes sleepers in the order of their time. */
export class VirtualClock implements Clock {
  private readonly sleepers = new Set<Sleeper>();

  /** `time`: epoch milliseconds. */
  constructor(private time = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.time;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      // Lets others have their turn; no time passes.
      if (ms <= 0) return void setImmediate(resolve);
      const done = (): void => {
        this.sleepers.delete(sleeper);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const sleeper = { until: this.time + ms, wake: done };
      this.sleepers.add(sleeper);
      signal?.addEventListener('abort', done, { once: true });
    });
  }

  /** Lets time pass, stopping at each moment for which somebody sleeps until all that follows from it is done. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await settled();
    for (let next = this.next(end); next !== undefined; next = this.next(end)) {
      this.time = Math.max(this.time, next.until);
      next.wake();
      await settled();
    }
    this.time = end;
    await settled();
  }

  private next(end: number): Sleeper | undefined {
    let first: Sleeper | undefined;
    for (const sleeper of this.sleepers) {
      if (sleeper.until <= end && (first === undefined || sleeper.until < first.until)) first = sleeper;
    }
    return first;
  }
}

/** Resolves when everything that can go on without time passing or I/O has done so. */
export async function settled(): Promise<void> {
  // A turn of the event loop runs every promise that is ready; roles hand it on between their turns.
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}
