import type { ExecutionError } from './execution';

/**
 * A task that failed for good and took its execution with it, or one that is PARKED, because it was lost after it may
 * have begun (code `UNCERTAIN`): a person decides.
 */
export interface DeadLetter {
  readonly id: string;
  readonly execution_id: string;
  /** Of the workflow. */
  readonly name: string;
  readonly node_id: string;
  readonly handler: string;
  readonly error: ExecutionError;
  readonly attempts: number;
  readonly created_at: string;
}
