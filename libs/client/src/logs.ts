import type { JournalEvent, LogLine } from '@workflow-engine/contracts';

/** A line that a task handler wrote. */
export interface LogEntry extends LogLine {
  readonly node_id: string;
  readonly attempt: number;
}

/** Lines arrive with the end of the attempt that wrote them. */
export async function* logsOf(
  events: AsyncIterable<JournalEvent>,
  nodeId: string | undefined,
): AsyncGenerator<LogEntry, void, undefined> {
  for await (const event of events) {
    if (!('logs' in event)) continue;
    if (nodeId !== undefined && event.node_id !== nodeId) continue;
    for (const line of event.logs) yield { node_id: event.node_id, attempt: event.attempt, ...line };
  }
}
