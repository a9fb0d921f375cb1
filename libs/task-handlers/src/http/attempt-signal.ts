import { httpFailure } from './failures';

/** The end of one attempt: the engine's signal or the attempt's own timeout, whichever comes first. */
export class AttemptSignal {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private readonly stop: () => void;

  /** @param timeoutMs counts from now, over all redirects and the whole body */
  constructor(
    private readonly outer: AbortSignal,
    private readonly timeoutMs: number,
  ) {
    this.stop = () => this.controller.abort(outer.reason);
    this.timer = setTimeout(() => this.controller.abort(), Math.min(timeoutMs, longestTimer));
    outer.addEventListener('abort', this.stop, { once: true });
    if (outer.aborted) this.stop();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** The failure that an aborted attempt ends with. */
  failure(what: string) {
    return this.outer.aborted
      ? httpFailure('ABORTED', `${what} was stopped by the engine.`, { cause: this.outer.reason })
      : httpFailure('TIMEOUT', `${what} took longer than ${this.timeoutMs} ms.`);
  }

  /**
   * Settles as `work` does, or rejects at once when the attempt ends: an HTTP client need not notice an abort
   * while it is still resolving a name or connecting.
   */
  async race<T>(work: Promise<T>): Promise<T> {
    const { signal } = this;
    let onAbort: () => void = () => undefined;
    const aborted = new Promise<never>((_, reject) => {
      onAbort = () => reject(new Error('The attempt has ended'));
      if (signal.aborted) onAbort();
      else signal.addEventListener('abort', onAbort, { once: true });
    });
    work.catch(() => undefined);
    try {
      return await Promise.race([work, aborted]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Call it when the attempt is over: frees the timer and the listener. */
  end(): void {
    clearTimeout(this.timer);
    this.outer.removeEventListener('abort', this.stop);
  }
}

const longestTimer = 2 ** 31 - 1;
