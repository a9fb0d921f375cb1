import type { Clock } from '../ports/clock';

/** Lets blocked readers wait until something arrives, a time passes, or they are told to stop. */
export class Notifier {
  private readonly waiting = new Set<() => void>();

  constructor(private readonly clock: Clock) {}

  notify(): void {
    for (const wake of this.waiting) wake();
  }

  async wait(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms <= 0 || signal?.aborted === true) return;
    const stop = new AbortController();
    // With a reason of its own: without one, each abort makes an exception with a stack trace.
    const wake = (): void => stop.abort('woken');
    this.waiting.add(wake);
    signal?.addEventListener('abort', wake, { once: true });
    await this.clock.sleep(ms, stop.signal);
    this.waiting.delete(wake);
    signal?.removeEventListener('abort', wake);
  }
}
