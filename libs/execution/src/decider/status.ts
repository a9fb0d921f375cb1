/** The states of an execution and of a node, and the one table of their transitions. */

export const EXECUTION_STATUSES = [
  'PENDING',
  'RUNNING',
  'PAUSED',
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'TIMED_OUT',
] as const;
export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number];

export const NODE_STATUSES = [
  'PENDING',
  'SCHEDULED',
  'RUNNING',
  'WAITING',
  'PARKED',
  'COMPLETED',
  'FAILED',
  'SKIPPED',
  'CANCELLED',
  'TIMED_OUT',
] as const;
export type NodeStatus = (typeof NODE_STATUSES)[number];

/** A terminal execution may be RUNNING again (retry, rerun); a terminal node PENDING again with it. */
export const EXECUTION_TRANSITIONS: Readonly<Record<ExecutionStatus, readonly ExecutionStatus[]>> = {
  PENDING: ['RUNNING', 'CANCELLED'],
  RUNNING: ['PAUSED', 'COMPLETED', 'FAILED', 'CANCELLED', 'TIMED_OUT'],
  PAUSED: ['RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED', 'TIMED_OUT'],
  COMPLETED: ['RUNNING'],
  FAILED: ['RUNNING'],
  CANCELLED: ['RUNNING'],
  TIMED_OUT: ['RUNNING'],
};

export const NODE_TRANSITIONS: Readonly<Record<NodeStatus, readonly NodeStatus[]>> = {
  PENDING: ['SCHEDULED', 'WAITING', 'COMPLETED', 'FAILED', 'SKIPPED', 'CANCELLED'],
  SCHEDULED: ['RUNNING', 'WAITING', 'PARKED', 'COMPLETED', 'FAILED', 'CANCELLED', 'TIMED_OUT'],
  RUNNING: ['SCHEDULED', 'WAITING', 'PARKED', 'COMPLETED', 'FAILED', 'CANCELLED', 'TIMED_OUT'],
  WAITING: ['SCHEDULED', 'COMPLETED', 'FAILED', 'CANCELLED'],
  PARKED: ['SCHEDULED', 'CANCELLED'],
  COMPLETED: ['PENDING'],
  FAILED: ['PENDING'],
  SKIPPED: ['PENDING'],
  CANCELLED: ['PENDING'],
  TIMED_OUT: ['PENDING'],
};

export type TerminalStatus = Extract<ExecutionStatus, 'COMPLETED' | 'FAILED' | 'CANCELLED' | 'TIMED_OUT'>;

export function isTerminal(status: ExecutionStatus): status is TerminalStatus {
  return status === 'COMPLETED' || status === 'FAILED' || status === 'CANCELLED' || status === 'TIMED_OUT';
}

export function isTerminalNode(status: NodeStatus): boolean {
  return (
    status === 'COMPLETED' ||
    status === 'FAILED' ||
    status === 'SKIPPED' ||
    status === 'CANCELLED' ||
    status === 'TIMED_OUT'
  );
}
