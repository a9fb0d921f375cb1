/**
 * Aborts with its caller's signal, or after a while without `touch()`. By hand instead of `AbortSignal.any`, which
 * would keep growing on a signal that lives as long as the program.
 */
export class Deadline {
  private readonly controller = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private late = false;

  constructor(
    private readonly ms: number,
    private readonly wanted: AbortSignal | undefined,
  ) {
    wanted?.addEventListener('abort', this.abort, { once: true });
    if (wanted?.aborted === true) this.abort();
    else this.touch();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Whether it was time, and not the caller, that ended it. */
  get isLate(): boolean {
    return this.late;
  }

  /** Starts the time anew. */
  touch(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.late = true;
      this.abort();
    }, this.ms);
  }

  clear(): void {
    clearTimeout(this.timer);
    this.wanted?.removeEventListener('abort', this.abort);
  }

  private readonly abort = (): void => this.controller.abort(this.wanted?.reason);
}
