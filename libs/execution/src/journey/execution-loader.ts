import type { Command, Trigger } from '../decider/commands';
import type { JournalEvent } from '../decider/events';
import type { ExecutionRepository } from '../ports/execution-repository';
import type { ExecutionStore } from '../ports/execution-store';
import type { CompiledWorkflow } from '../workflow/compiled-workflow';
import type { FormerExecutions } from './former-executions';
import { joined, reachesBackTo } from './journal-reader';
import { triggerAgain } from './unfinished';
import type { Workflows } from './workflows';

export interface LoadPorts {
  readonly store: ExecutionStore;
  readonly executions: ExecutionRepository;
}

export interface LoadedExecution {
  readonly journal: readonly JournalEvent[];
  /** The hot store knows the execution. */
  readonly isHot: boolean;
  readonly workflow: CompiledWorkflow;
  /** It was triggered, but its trigger has not come yet: it starts with this one. */
  readonly overdue?: Trigger;
}

type Journal = readonly JournalEvent[];

/** Finds out what is known of the executions that commands are for, wherever it lies. */
export class ExecutionLoader {
  private readonly begun = new Map<string, Promise<LoadedExecution | undefined>>();

  constructor(
    private readonly ports: LoadPorts,
    private readonly workflows: Workflows,
    private readonly former: FormerExecutions,
  ) {}

  /** Begins to read all their executions together: each is taken by the first command for it. */
  readAhead(commands: readonly Command[]): void {
    if (commands.length === 0) return;
    const first = new Map<string, Command>();
    for (const command of commands) {
      const { executionId } = command;
      if (!first.has(executionId) && !this.begun.has(executionId)) first.set(executionId, command);
    }
    const wanted = [...first.values()].filter((command) => !this.isNew(command));
    const hot = this.hotJournals(wanted);
    const archived = hot.then((journals) => this.archivedJournals(wanted, journals));
    // Whoever takes what needs it hears of a fault.
    archived.catch(() => undefined);
    for (const [id, command] of first) {
      const loading = this.assemble(command, hot, archived);
      loading.catch(() => undefined);
      this.begun.set(id, loading);
    }
  }

  /** What was read ahead for the command, or is read now; undefined when nobody knows the execution. */
  async load(command: Command): Promise<LoadedExecution | undefined> {
    if (!this.begun.has(command.executionId)) this.readAhead([command]);
    const begun = this.begun.get(command.executionId);
    this.begun.delete(command.executionId);
    return begun;
  }

  /** Forgets what nobody took: it ages. */
  clear(): void {
    this.begun.clear();
  }

  private async hotJournals(commands: readonly Command[]): Promise<ReadonlyMap<string, Journal | undefined>> {
    const read = (await this.toRead(commands)).map(
      async (id) => [id, await this.ports.store.read(id, 0)] as const,
    );
    return new Map(await Promise.all(read));
  }

  /** Of those that are triggered most have no journal, which is found out for many of them at once. */
  private async toRead(commands: readonly Command[]): Promise<readonly string[]> {
    const triggered = commands.filter(({ type }) => type === 'Trigger').map(({ executionId }) => executionId);
    if (triggered.length <= 1) return commands.map(({ executionId }) => executionId);
    const known = await this.ports.store.known(triggered);
    return commands
      .filter(({ type, executionId }) => type !== 'Trigger' || known.has(executionId))
      .map(({ executionId }) => executionId);
  }

  /** Of those that the hot store does not have from the beginning. */
  private async archivedJournals(
    commands: readonly Command[],
    hot: ReadonlyMap<string, Journal | undefined>,
  ): Promise<ReadonlyMap<string, Journal>> {
    const wanted = commands
      .map(({ executionId }) => executionId)
      .filter((executionId) => !reachesBackTo(hot.get(executionId), 0));
    return wanted.length === 0 ? new Map() : this.ports.executions.journals(wanted);
  }

  private isNew(command: Command): boolean {
    return command.type === 'Trigger' && !this.former.mayHave(command);
  }

  private async assemble(
    command: Command,
    hotJournals: Promise<ReadonlyMap<string, Journal | undefined>>,
    archivedJournals: Promise<ReadonlyMap<string, Journal>>,
  ): Promise<LoadedExecution | undefined> {
    const { executionId } = command;
    const hot = (await hotJournals).get(executionId);
    const isHot = hot !== undefined;
    const journal = reachesBackTo(hot, 0)
      ? hot
      : joined((await archivedJournals).get(executionId) ?? [], hot);
    const started = journal[0];
    if (started?.type === 'ExecutionStarted') {
      const workflow = await this.workflows.orRemains(started.workflow_id, started.version, journal);
      return { journal, isHot, workflow };
    }
    const trigger = command.type === 'Trigger' ? command : await this.overdueTrigger(executionId);
    if (trigger === undefined) return undefined;
    const workflow = await this.workflows.orRemains(trigger.workflowId, trigger.version, journal);
    return { journal, isHot, workflow, ...(trigger !== command && { overdue: trigger }) };
  }

  /**
   * Whoever accepted the trigger may have died, or be slow, before it was sent; what others asked of the execution since
   * has been accepted too.
   */
  private async overdueTrigger(executionId: string): Promise<Trigger | undefined> {
    const record = await this.ports.executions.find(executionId);
    return record?.status === 'RUNNING' ? triggerAgain(record) : undefined;
  }
}
