import type { Trigger } from '../decider/commands';
import type { ExecutionRecord, ExecutionRepository } from '../ports/execution-repository';

const PAGE = 500;

/** Every unfinished execution of the system of record, oldest first. */
export async function* unfinishedPages(
  executions: ExecutionRepository,
): AsyncGenerator<readonly ExecutionRecord[]> {
  let cursor: string | undefined;
  do {
    const page = await executions.unfinished({ limit: PAGE, ...(cursor !== undefined && { cursor }) });
    yield page.items;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}

/**
 * One that was never started starts, one whose hot data is gone goes on from its archived journal, and for all others
 * it changes nothing.
 */
export function triggerAgain({ id, workflowId, version, input }: ExecutionRecord): Trigger {
  return { type: 'Trigger', executionId: id, workflowId, version, input, recover: true };
}
