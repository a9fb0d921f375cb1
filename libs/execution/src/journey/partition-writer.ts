import { decide, recover, takeOver } from '../decider/decide';
import type { Command } from '../decider/commands';
import { evolve } from '../decider/evolve';
import { comesEarly, isFollowedUp } from '../decider/follow-ups';
import { newState } from '../decider/state';
import type { ExecutionState } from '../decider/state';
import { isTerminal } from '../decider/status';
import type { Decision, Moment } from '../decider/turn';
import type { Random } from '../ports/clock';
import type { DefinitionRepository } from '../ports/definition-repository';
import { UnavailableError } from '../errors';
import type { EventStream, Offset } from '../ports/event-stream';
import type { ExecutionRepository } from '../ports/execution-repository';
import type { ExecutionStore, Fenced, Overtaken, Timer } from '../ports/execution-store';
import type { PartitionLease } from '../ports/partition-leases';
import { ExecutionLoader } from './execution-loader';
import { ExecutionStates } from './execution-states';
import { FormerExecutions } from './former-executions';
import type { LoopPorts } from './role-loop';
import { TurnBatch } from './turn-batch';
import type { Workflows } from './workflows';

export interface WriterPorts extends LoopPorts {
  readonly stream: EventStream;
  readonly store: ExecutionStore;
  readonly executions: ExecutionRepository;
  readonly definitions: DefinitionRepository;
  readonly random: Random;
}

/** How long commands wait that were deferred, in milliseconds; all of the partition wait with them. */
const DEFER_MS = 100;

/** The executions of so many commands are read together; each may have a long journal. */
const READ_AHEAD = 50;

/** While more tasks of a partition are open, those that wait are too many to keep their follow-ups for them. */
const MOST_WITH_FOLLOW_UPS = 100;

/** After so many events a writer lets others have their turn: leases are to be renewed, connections to be answered. */
const EVENTS_AT_A_STRETCH = 500;

/** What one turn hands to the writer of a partition. */
export interface Inbox {
  readonly commands: readonly Command[];
  /** Of the last command; undefined when there are timers only. */
  readonly offset: Offset | undefined;
  readonly timers: readonly Timer[];
  /** The commands may have been there before the writer took up its partition. */
  readonly isBacklog?: boolean;
}

/**
 * The one writer of a partition: folds commands through the decider against states it keeps in memory, and
 * commits everything a turn changed in one step. After a fault, or when it is fenced, its states are worthless:
 * throw the writer away and go on from what the store says.
 */
export class PartitionWriter {
  private readonly states: ExecutionStates;
  private readonly former: FormerExecutions;
  private readonly loader: ExecutionLoader;

  constructor(
    readonly lease: PartitionLease,
    /** The last commit in the partition. */
    private turn: number,
    workflows: Workflows,
    private readonly ports: WriterPorts,
    /** As many nodes of executions are kept in memory. */
    maxNodes?: number,
  ) {
    this.former = new FormerExecutions(ports.clock);
    this.states = new ExecutionStates(this.former, maxNodes);
    this.loader = new ExecutionLoader(ports, workflows, this.former);
  }

  /** `overtaken`: nothing was done; to be called again with what has arrived meanwhile. */
  async handle(inbox: Inbox): Promise<'committed' | Fenced | Overtaken> {
    const batch = new TurnBatch();
    this.former.isBacklog = inbox.isBacklog === true;
    for (const timer of inbox.timers) batch.clearTimer(timer);
    const fired = inbox.timers.map((timer): Command => ({ type: 'TimerFired', ...timer }));
    await this.applyAll(inOrder(inbox.commands, fired), batch);
    // Before the offset moves beyond them; one that comes twice changes nothing.
    if (batch.deferred.length > 0) await this.ports.stream.append(batch.deferred);
    const commit = batch.toCommit(this.turn + 1, inbox.offset, this.states);
    const result = await this.ports.store.commit(this.lease, commit);
    if (result === 'overtaken') {
      for (const executionId of batch.executionIds()) this.states.delete(executionId);
      return result;
    }
    this.turn += 1;
    for (const { executionId, scope } of commit.tasks)
      if (scope !== undefined) this.states.noteFollowUps(executionId);
    for (const executionId of batch.executionIds()) {
      const state = this.states.get(executionId);
      if (state !== undefined && isTerminal(state.status)) this.states.delete(executionId);
    }
    this.states.trim();
    if (batch.mayPause) await this.ports.clock.sleep(DEFER_MS);
    return result;
  }

  private async applyAll(commands: readonly Command[], batch: TurnBatch): Promise<void> {
    let restAt = EVENTS_AT_A_STRETCH;
    for (let start = 0; start < commands.length; start += READ_AHEAD) {
      const next = commands.slice(start, start + READ_AHEAD);
      if (!batch.isDeferring)
        this.loader.readAhead(next.filter(({ executionId }) => !this.states.has(executionId)));
      for (const command of next) {
        await this.apply(command, batch);
        if (batch.added < restAt) continue;
        restAt = batch.added + EVENTS_AT_A_STRETCH;
        await this.ports.clock.sleep(0);
      }
    }
    this.loader.clear();
  }

  private async apply(command: Command, batch: TurnBatch): Promise<void> {
    if (batch.isDeferring && !this.states.has(command.executionId)) {
      batch.defer(command);
      return;
    }
    try {
      const state = this.states.use(command.executionId) ?? (await this.load(command, batch));
      if (state === undefined) return;
      if (comesEarly(state, command)) batch.deferEarly(command);
      else batch.add(state.executionId, this.decide(state, command), command);
    } catch (error) {
      if (error instanceof PortFault) this.deferOrThrow(command, batch, error.cause);
      else await this.setAside(command, batch, error);
    }
  }

  /**
   * Nothing is wrong with the command. A store that is away must not hold up those that need nothing from it; after any
   * other fault the whole turn is done again.
   */
  private deferOrThrow(command: Command, batch: TurnBatch, cause: unknown): void {
    if (!(cause instanceof UnavailableError)) throw cause;
    this.ports.log.warn('commands wait until their executions can be read', { err: cause });
    batch.defer(command);
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

  private decide(state: ExecutionState, command: Command): Decision {
    return this.states.change(state, () => decide(state, command, this.moment()));
  }

  private moment(): Moment {
    const followUps = this.states.openTasks < MOST_WITH_FOLLOW_UPS;
    return { now: this.ports.clock.now(), random: this.ports.random(), followUps };
  }

  /** The execution as its journal tells it; what a lost or interrupted writer left undone is done first. */
  private async load(command: Command, batch: TurnBatch): Promise<ExecutionState | undefined> {
    const { executionId } = command;
    const loaded = await this.loader.load(command).catch((error: unknown) => {
      throw new PortFault(error);
    });
    if (loaded === undefined) {
      const fields = { execution_id: executionId, command: command.type };
      this.ports.log.warn('a command for an unknown execution was dropped', fields);
      return undefined;
    }
    const { journal, isHot, workflow, overdue } = loaded;
    const state = newState(executionId, workflow);
    for (const event of journal) evolve(state, event);
    this.states.set(state);
    if (workflow.unusable !== undefined)
      this.ports.log.error('an execution cannot go on', {
        execution_id: executionId,
        reason: workflow.unusable,
      });
    if (journal.length > 0) {
      this.states.noteFollowUps(executionId);
      const resume = isHot ? takeOver : recover;
      batch.add(
        executionId,
        this.states.change(state, () => resume(state, this.moment())),
      );
    }
    if (overdue !== undefined) batch.add(executionId, this.decide(state, overdue), overdue);
    return state;
  }
}

/**
 * What workers have gone on after comes first: it has happened, whatever came just before it, and a turn that does not
 * know of it cannot be committed.
 */
function inOrder(commands: readonly Command[], fired: readonly Command[]): readonly Command[] {
  const followed = commands.filter(isFollowedUp);
  if (followed.length === 0) return [...fired, ...commands];
  return [...followed, ...fired, ...commands.filter((command) => !isFollowedUp(command))];
}

/** A store or repository failed, whatever it threw. */
class PortFault extends Error {
  constructor(cause: unknown) {
    super('a port failed', { cause });
  }
}
