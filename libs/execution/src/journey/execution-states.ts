import type { ExecutionState } from '../decider/state';
import type { FormerExecutions } from './former-executions';

/** Nodes in memory for each partition, and what an execution costs besides its nodes, counted in nodes. */
const MAX_NODES = 200_000;
const NODES_PER_EXECUTION = 50;

/**
 * The executions that a writer has in memory. Those that wait (for a delay, a long task, a person) may be many more
 * than fit: the one that was used least recently goes first, and comes back from its journal.
 */
export class ExecutionStates {
  private readonly states = new Map<string, ExecutionState>();
  /** Those of which workers may go on by themselves. */
  private readonly withFollowUps = new Set<string>();
  /** Tasks of all of them that are with the queue or a worker. */
  openTasks = 0;
  private nodes = 0;
  private latest = '';

  constructor(
    private readonly former: FormerExecutions,
    private readonly maxNodes = MAX_NODES,
  ) {}

  get(executionId: string): ExecutionState | undefined {
    return this.states.get(executionId);
  }

  /** It is the one that was used last. */
  use(executionId: string): ExecutionState | undefined {
    const state = this.states.get(executionId);
    if (state === undefined || executionId === this.latest) return state;
    this.states.delete(executionId);
    this.states.set(executionId, state);
    this.latest = executionId;
    return state;
  }

  has(executionId: string): boolean {
    return this.states.has(executionId);
  }

  set(state: ExecutionState): void {
    this.delete(state.executionId);
    this.states.set(state.executionId, state);
    this.latest = state.executionId;
    this.nodes += costOf(state);
    this.openTasks += state.openTasks;
  }

  /** What changes a state that is kept here is done here. */
  change<T>(state: ExecutionState, action: () => T): T {
    const before = state.openTasks;
    try {
      return action();
    } finally {
      this.openTasks += state.openTasks - before;
    }
  }

  noteFollowUps(executionId: string): void {
    this.withFollowUps.add(executionId);
  }

  hasFollowUps(executionId: string): boolean {
    return this.withFollowUps.has(executionId);
  }

  delete(executionId: string): void {
    const state = this.states.get(executionId);
    if (state === undefined) return;
    this.states.delete(executionId);
    this.withFollowUps.delete(executionId);
    this.nodes -= costOf(state);
    this.openTasks -= state.openTasks;
    this.former.add(executionId);
  }

  /** To be called between turns: what a turn has changed is only in memory until it is committed. */
  trim(): void {
    for (const executionId of this.states.keys()) {
      if (this.nodes <= this.maxNodes) return;
      this.delete(executionId);
    }
  }
}

function costOf({ nodeStatus }: ExecutionState): number {
  return nodeStatus.length + NODES_PER_EXECUTION;
}
