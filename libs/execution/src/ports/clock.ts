/** Time, as data that tests and the simulator rule. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after `ms`, or at once when the signal aborts; 0 lets whatever is waiting have its turn. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** New ids: UUIDv7 (RFC 9562), so that they sort by creation time. */
export interface Ids {
  next(): string;
}

/** Uniform in [0, 1). */
export type Random = () => number;
