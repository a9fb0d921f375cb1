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
