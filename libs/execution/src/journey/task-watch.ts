import type { Clock } from '../ports/clock';
import { TaskFailure } from '../ports/task-handler';

/**
 * Ends the wait for a handler, and aborts its signal, when a limit is reached or somebody says so. Signals and promises
 * cost more than the rest of a short task, so they are made only for those who ask.
 */
export class TaskWatch {
  private abort: AbortController | undefined;
  private closed: AbortController | undefined;
  private beat: AbortController | undefined;
  private failure: TaskFailure | undefined;
  private over = false;
  private reject: (reason: TaskFailure) => void = () => undefined;

  constructor(private readonly clock: Clock) {}

  get signal(): AbortSignal {
    if (this.abort === undefined) {
      this.abort = new AbortController();
      if (this.failure !== undefined) this.abort.abort(this.failure);
    }
    return this.abort.signal;
  }

  limit(ms: number, code: string, name: string): void {
    this.closed ??= new AbortController();
    this.endAfter(ms, code, name, this.closed.signal);
  }

  heartbeat(ms: number): void {
    if (this.over) return;
    this.beat?.abort('a beat');
    this.beat = new AbortController();
    this.endAfter(ms, 'HEARTBEAT_TIMEOUT', 'heartbeat', this.beat.signal);
  }

  /** Nobody waits for the task any more. */
  stop(): void {
    this.end(new TaskFailure('CANCELLED', 'the task was told to stop'));
  }

  /** What `run` makes, or the promise of it, when the watch is not over first. @throws TaskFailure */
  unlessEnded(run: () => unknown): unknown {
    if (this.failure !== undefined) throw this.failure;
    const output = run();
    if (!isThenable(output)) return output;
    return new Promise((resolve, reject) => {
      this.reject = reject;
      if (this.failure !== undefined) reject(this.failure);
      Promise.resolve(output).then(resolve, reject);
    });
  }

  close(): void {
    this.over = true;
    this.closed?.abort('closed');
    this.beat?.abort('closed');
  }

  private endAfter(ms: number, code: string, name: string, stop: AbortSignal): void {
    void this.clock.sleep(ms, stop).then(() => {
      if (stop.aborted) return;
      const message = `not finished within its ${name} timeout of ${ms} ms`;
      this.end(new TaskFailure(code, message, { retryable: true }));
    });
  }

  private end(failure: TaskFailure): void {
    if (this.over) return;
    this.failure ??= failure;
    this.abort?.abort(this.failure);
    this.reject(this.failure);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== 'object' && typeof value !== 'function') return false;
  return value !== null && 'then' in value && typeof value.then === 'function';
}
