import type { ExecutionError } from '../decider/events';
import type { Page, PageRequest } from './definition-repository';

/** A task that failed for good and took its execution with it, or that is parked (`UNCERTAIN`): a person decides. */
export interface DeadLetter {
  /** UUIDv7. */
  readonly id: string;
  readonly executionId: string;
  /** Of the workflow. */
  readonly name: string;
  readonly nodeId: string;
  readonly handler: string;
  readonly error: ExecutionError;
  readonly attempts: number;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
}

/**
 * Written by `ExecutionRepository.archive` (in its transaction, once per execution and journal position) and
 * settled there when the execution is retried, or the node is not parked any more; read and discarded here.
 */
export interface DeadLetters {
  /** Newest first. */
  list(page: PageRequest): Promise<Page<DeadLetter>>;
  /** How many there are; `upTo` stands for as many or more. */
  count(upTo: number): Promise<number>;
  find(id: string): Promise<DeadLetter | undefined>;
  /** False when there was none. The execution stays as it is. */
  discard(id: string): Promise<boolean>;
}
