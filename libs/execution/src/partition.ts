/**
 * The partition of an execution: FNV-1a (Fowler, Noll, Vo; 32 bits) over the id, modulo the number of partitions,
 * which never changes within a deployment.
 */
export function partitionOf(executionId: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < executionId.length; index++) {
    hash = Math.imul(hash ^ executionId.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % partitions;
}
