import type { Clock, Ids } from './ports/clock';

/** As many as one entry of a stream carries. */
const MOST_TOGETHER = 50;
const TOGETHER_MS = 10;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * The partition of an execution: FNV-1a (Fowler, Noll, Vo; 32 bits) over the id, modulo the number of partitions,
 * which never changes within a deployment.
 */
export function partitionOf(executionId: string, partitions: number): number {
  return (hashed(FNV_OFFSET, executionId) >>> 0) % partitions;
}

/**
 * Ids of executions. Those that are created together, up to 50 within 10 ms, are in one partition: what they do next is
 * then read, committed, queued and settled together too, instead of by itself in as many partitions.
 */
export function partitionedIds(ids: Ids, clock: Clock, partitions: number): Ids {
  let partition = 0;
  let left = 0;
  let until = 0;
  return {
    next() {
      const now = clock.now();
      const id = ids.next();
      if (left === 0 || now >= until || now < until - TOGETHER_MS) {
        partition = partitionOf(id, partitions);
        left = MOST_TOGETHER;
        until = now + TOGETHER_MS;
      }
      left -= 1;
      return movedTo(partition, id, partitions);
    },
  };
}

/** The id with as many of its last digits counted on as it takes. */
function movedTo(partition: number, id: string, partitions: number): string {
  const digits = 6;
  const head = id.slice(0, -digits);
  const hashOfHead = hashed(FNV_OFFSET, head);
  for (let tail = parseInt(id.slice(-digits), 16); ; tail = (tail + 1) % 16 ** digits) {
    let hash = hashOfHead;
    for (let shift = 4 * (digits - 1); shift >= 0; shift -= 4)
      hash = hashedOn(hash, '0123456789abcdef'.charCodeAt((tail >> shift) & 15));
    if ((hash >>> 0) % partitions === partition) return head + tail.toString(16).padStart(digits, '0');
  }
}

function hashed(hash: number, text: string): number {
  for (let index = 0; index < text.length; index++) hash = hashedOn(hash, text.charCodeAt(index));
  return hash;
}

function hashedOn(hash: number, code: number): number {
  return Math.imul(hash ^ code, FNV_PRIME);
}
