import type { Command, Trigger } from '../decider/commands';
import type { JournalEvent } from '../decider/events';
import type { ExecutionRepository } from '../ports/execution-repository';
import type { ExecutionStore } from '../ports/execution-store';
import type { CompiledWorkflow } from '../workflow/compiled-workflow';
import type { EndedExecutions } from './ended-executions';
import { withArchived } from './journal-reader';
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

/** What is known of a command's execution, wherever it lies; undefined when nobody knows it. */
export async function loadExecution(
  { store, executions }: LoadPorts,
  workflows: Workflows,
  ended: EndedExecutions,
  command: Command,
): Promise<LoadedExecution | undefined> {
  const { executionId } = command;
  const hot = await store.read(executionId, 0);
  const isHot = hot !== undefined;
  const isNew = !isHot && command.type === 'Trigger' && !ended.mayHave(command);
  const journal = isNew ? [] : await withArchived(executions, executionId, 0, hot);
  const started = journal[0];
  if (started?.type === 'ExecutionStarted') {
    const workflow = await workflows.orRemains(started.workflow_id, started.version, journal);
    return { journal, isHot, workflow };
  }
  const trigger = command.type === 'Trigger' ? command : await overdueTrigger(executions, executionId);
  if (trigger === undefined) return undefined;
  const workflow = await workflows.orRemains(trigger.workflowId, trigger.version, journal);
  return { journal, isHot, workflow, ...(trigger !== command && { overdue: trigger }) };
}

/**
 * Whoever accepted the trigger may have died, or be slow, before it was sent; what others asked of the execution since
 * has been accepted too.
 */
async function overdueTrigger(
  executions: ExecutionRepository,
  executionId: string,
): Promise<Trigger | undefined> {
  const record = await executions.find(executionId);
  return record?.status === 'RUNNING' ? triggerAgain(record) : undefined;
}
