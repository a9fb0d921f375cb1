import type { Json } from '@workflow-engine/dag';
import type { SecretSlot } from '@workflow-engine/templating';

import type { CompiledWorkflow } from '../workflow/compiled-workflow';
import type { ExecutionError, TaskError } from './events';
import { NODE_STATUSES } from './status';
import type { ExecutionStatus, NodeStatus } from './status';

/**
 * One execution, folded from its journal. Per-node data lies in arrays by node index, so that a step costs its
 * node's degree and never the size of the graph. Only `evolve` writes here; the state belongs to the single
 * writer of its partition and is changed in place.
 */
export interface ExecutionState {
  readonly executionId: string;
  readonly workflow: CompiledWorkflow;
  /** Of the last event applied. */
  seq: number;
  status: ExecutionStatus;
  input: Json;
  /** ISO 8601 UTC; empty until started. */
  startedAt: string;
  finishedAt: string | undefined;
  output: Json;
  error: ExecutionError | undefined;
  /** Nodes that are not terminal yet. */
  open: number;
  /** Those of them whose task is with the queue or a worker. */
  openTasks: number;

  /** Index into NODE_STATUSES. */
  readonly nodeStatus: Uint8Array;
  /** Dependencies that are not terminal yet / that succeeded (or failed tolerably) / that failed. */
  readonly pendingDependencies: Int32Array;
  readonly succeededDependencies: Int32Array;
  readonly failedDependencies: Int32Array;
  /** The latest attempt; it never starts over, so that a late outcome is recognised. 0: none yet. */
  readonly attempt: Int32Array;
  /** Attempts before the execution was last retried: the retry policy counts from here. */
  readonly attemptBase: Int32Array;
  /** Of the latest attempt. */
  readonly delivery: Int32Array;
  /** How many workers were lost with the latest attempt. */
  readonly losses: Int32Array;
  readonly outputs: (Json | undefined)[];
  readonly errors: Map<number, TaskError>;
  /** Failed, but its dependents go on (`on_failure: continue`). */
  readonly tolerated: Set<number>;
  /** Nodes that wait for a person -> position of the event that says so. */
  readonly parked: Map<number, number>;
  /** Resolved configs of open tasks whose definition has templates. */
  readonly taskConfigs: Map<number, TaskConfig>;
  /** Running timers in epoch milliseconds; {@link EXECUTION_TIMER} is the execution's own. */
  readonly dueAt: Map<number, number>;
}

export interface TaskConfig {
  readonly config: Json;
  readonly secrets: readonly SecretSlot[];
}

/** Stands for the execution itself where a node index is expected. */
export const EXECUTION_TIMER = -1;

const statusCodes = new Map(NODE_STATUSES.map((status, code) => [status, code]));

export function newState(executionId: string, workflow: CompiledWorkflow): ExecutionState {
  const { size } = workflow.graph;
  return {
    executionId,
    workflow,
    seq: 0,
    status: 'PENDING',
    input: null,
    startedAt: '',
    finishedAt: undefined,
    output: null,
    error: undefined,
    open: size,
    openTasks: 0,
    nodeStatus: new Uint8Array(size),
    pendingDependencies: workflow.graph.predecessorOffsets.slice(1).map((end, index) => {
      return end - at(workflow.graph.predecessorOffsets, index);
    }),
    succeededDependencies: new Int32Array(size),
    failedDependencies: new Int32Array(size),
    attempt: new Int32Array(size),
    attemptBase: new Int32Array(size),
    delivery: new Int32Array(size),
    losses: new Int32Array(size),
    outputs: new Array<Json | undefined>(size).fill(undefined),
    errors: new Map(),
    tolerated: new Set(),
    parked: new Map(),
    taskConfigs: new Map(),
    dueAt: new Map(),
  };
}

/** Reads an index array where the index is known to be inside. */
export function at(array: Int32Array | Uint8Array, index: number): number {
  return array[index] ?? 0;
}

export function statusOf(state: ExecutionState, node: number): NodeStatus {
  return NODE_STATUSES[at(state.nodeStatus, node)] ?? 'PENDING';
}

export function setStatus(state: ExecutionState, node: number, status: NodeStatus): void {
  if (isOpenTask(state, node)) state.openTasks -= 1;
  state.nodeStatus[node] = statusCodes.get(status) ?? 0;
  if (isOpenTask(state, node)) state.openTasks += 1;
}

export function idOf(state: ExecutionState, node: number): string {
  return state.workflow.graph.ids[node] ?? '';
}

/** A task that is with the queue or a worker. */
export function isOpenTask(state: ExecutionState, node: number): boolean {
  const status = statusOf(state, node);
  return status === 'SCHEDULED' || status === 'RUNNING';
}

/**
 * Whether the latest delivery of a task marks its start, so that its loss can be told from that of a delivery that
 * never began. It costs a round trip: for nodes whose policy asks for it, and tasks that were lost with a worker before.
 */
export function marksStart(state: ExecutionState, node: number): boolean {
  return state.workflow.plans[node]?.onUncertain !== 'retry' || at(state.losses, node) > 0;
}

export function successorsOf(state: ExecutionState, node: number): Int32Array {
  const { successors, successorOffsets } = state.workflow.graph;
  return successors.subarray(at(successorOffsets, node), at(successorOffsets, node + 1));
}

export function predecessorsOf(state: ExecutionState, node: number): Int32Array {
  const { predecessors, predecessorOffsets } = state.workflow.graph;
  return predecessors.subarray(at(predecessorOffsets, node), at(predecessorOffsets, node + 1));
}
