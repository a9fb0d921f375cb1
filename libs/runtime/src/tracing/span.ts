import { createHash } from 'node:crypto';

/** A span that is over. Its trace is its execution's; see {@link traceIdOf}. */
export interface FinishedSpan {
  /** Of a bounded set: what is particular goes into the attributes. */
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'consumer';
  readonly executionId: string;
  /** 16 hexadecimal digits. */
  readonly id: string;
  /** Undefined: the root of the trace. */
  readonly parentId: string | undefined;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly attributes: Readonly<Record<string, string | number>>;
  /** Why it failed. */
  readonly error?: string;
  /** A span of another trace that led to this one, as its `traceparent` (W3C Trace Context). */
  readonly cause?: string;
}

export interface Tracing {
  record(span: FinishedSpan): void;
  /** Sends what is left, within a few seconds. */
  close(): Promise<void>;
}

/**
 * An execution is a trace, and its spans are known by what they stand for: so every process can name the trace and
 * the parent of a span by itself, and messages need not carry them.
 */
export function traceIdOf(executionId: string): string {
  return executionId.replaceAll('-', '');
}

export function executionSpanId(executionId: string): string {
  return spanIdOf(executionId);
}

/** Of one attempt of a node, from the commit that scheduled it to its outcome. */
export function attemptSpanId(executionId: string, nodeId: string, attempt: number): string {
  return spanIdOf(executionId, nodeId, attempt);
}

export function spanIdOf(...parts: readonly (string | number)[]): string {
  return createHash('sha1').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
