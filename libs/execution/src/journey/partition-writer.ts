import { decide, recover, takeOver } from '../decider/decide';
import type { Command } from '../decider/commands';
import type { JournalEvent } from '../decider/events';
import { evolve } from '../decider/evolve';
import { newState } from '../decider/state';
import type { ExecutionState } from '../decider/state';
import { isTerminal } from '../decider/status';
import type { Moment } from '../decider/turn';
import type { Clock, Random } from '../ports/clock';
import type { DefinitionRepository } from '../ports/definition-repository';
import type { Offset } from '../ports/event-stream';
import type { ExecutionRepository } from '../ports/execution-repository';
import type { ExecutionStore, Timer } from '../ports/execution-store';
import type { Log } from '../ports/log';
import type { PartitionLease } from '../ports/partition-leases';
import { readJournal } from './journal-reader';
import { TurnBatch } from './turn-batch';
import type { Workflows } from './workflows';

export interface WriterPorts {
  readonly store: ExecutionStore;
  readonly executions: ExecutionRepository;
  readonly definitions: DefinitionRepository;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** What one turn hands to the writer of a partition. */
export interface Inbox {
  readonly commands: readonly Command[];
  /** Of the last command; undefined when there are timers only. */
  readonly offset: Offset | undefined;
  readonly timers: readonly Timer[];
}

/**
 * The one writer of a partition: folds commands through the decider against states it keeps in memory, and
 * commits everything a turn changed in one step. After a fault, or when it is fenced, its states are worthless:
 * throw the writer away and go on from what the store says.
 */
export class PartitionWriter {
  private readonly states = new Map<string, ExecutionState>();

  constructor(
    readonly lease: PartitionLease,
    private readonly workflows: Workflows,
    private readonly ports: WriterPorts,
  ) {}

  async handle(inbox: Inbox): Promise<'committed' | 'fenced'> {
    const batch = new TurnBatch();
    for (const timer of inbox.timers) {
      batch.clearTimer(timer);
      await this.apply({ type: 'TimerFired', ...timer }, batch);
    }
    for (const command of inbox.commands) await this.apply(command, batch);
    const result = await this.ports.store.commit(this.lease, batch.toCommit(inbox.offset, this.states));
    for (const executionId of batch.executionIds()) {
      const state = this.states.get(executionId);
      if (state !== undefined && isTerminal(state.status)) this.states.delete(executionId);
    }
    return result;
  }

  private async apply(command: Command, batch: TurnBatch): Promise<void> {
    try {
      await this.decideOn(command, batch);
    } catch (error) {
      if (isRetryable(error)) throw error;
      await this.setAside(command, batch, error);
    }
  }

  private async decideOn(command: Command, batch: TurnBatch): Promise<void> {
    const state = this.states.get(command.executionId) ?? (await this.load(command, batch));
    if (state === undefined) return;
    const decision = decide(state, command, this.moment());
    batch.add(state.executionId, decision, command);
  }

  /**
   * A command that cannot be handled must not stop the partition. It may have left its execution half changed,
   * so the turn's earlier commands for that execution are decided again on a fresh state.
   */
  private async setAside(command: Command, batch: TurnBatch, error: unknown): Promise<void> {
    const { executionId, type } = command;
    this.ports.log.error('a command was set aside', { execution_id: executionId, command: type, err: error });
    this.states.delete(executionId);
    const earlier = batch.forget(executionId);
    // Timers that fired stay out of the store, lest one that cannot be handled fires for ever.
    for (const fired of [...earlier, command]) if (fired.type === 'TimerFired') batch.clearTimer(fired);
    for (const again of earlier) await this.apply(again, batch);
  }

  private moment(): Moment {
    return { now: this.ports.clock.now(), random: this.ports.random() };
  }

  /** The execution as its journal tells it; what a lost or interrupted writer left undone is done first. */
  private async load(command: Command, batch: TurnBatch): Promise<ExecutionState | undefined> {
    const { store, log } = this.ports;
    const { executionId } = command;
    const hot = await store.read(executionId, 0);
    const isNew = hot === undefined && command.type === 'Trigger' && command.recover !== true;
    const journal = isNew ? [] : await readJournal(this.ports, executionId, 0);
    const workflow = workflowOf(command, journal);
    if (workflow === undefined) {
      log.warn('a command for an unknown execution was dropped', {
        execution_id: executionId,
        command: command.type,
      });
      return undefined;
    }
    const state = newState(executionId, await this.workflows.get(workflow.id, workflow.version));
    for (const event of journal) evolve(state, event);
    this.states.set(executionId, state);
    if (journal.length > 0) {
      const undone = hot === undefined ? recover(state, this.moment()) : takeOver(state, this.moment());
      batch.add(executionId, undone);
    }
    return state;
  }
}

function workflowOf(
  command: Command,
  journal: readonly JournalEvent[],
): { readonly id: string; readonly version: number } | undefined {
  const started = journal[0];
  if (started?.type === 'ExecutionStarted') return { id: started.workflow_id, version: started.version };
  return command.type === 'Trigger' ? { id: command.workflowId, version: command.version } : undefined;
}

function isRetryable(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'retryable' in error && error.retryable === true;
}
