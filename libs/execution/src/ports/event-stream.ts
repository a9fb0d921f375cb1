import type { Command } from '../decider/commands';

/** A position in a partition's inbound stream; opaque, ordered by the stream. */
export type Offset = string;

export interface InboundEntry {
  readonly partition: number;
  readonly offset: Offset;
  readonly commands: readonly Command[];
}

export interface ReadRequest {
  /** Partition -> the last offset already handled (`undefined`: from the beginning). */
  readonly after: ReadonlyMap<number, Offset | undefined>;
  /** At most so many entries per partition. */
  readonly limit: number;
  /** How long to wait while there is nothing, in milliseconds. Ends early when the signal aborts. */
  readonly waitMs: number;
  readonly signal?: AbortSignal;
}

/** Commands on their way to the one writer of each partition, in order within a partition. */
export interface EventStream {
  /** Durable when it returns. Commands of one execution keep their order. */
  append(commands: readonly Command[]): Promise<void>;
  read(request: ReadRequest): Promise<readonly InboundEntry[]>;
}
