import type { JournalEvent } from './decider/events';
import type { ArchiveEntry } from './ports/execution-repository';

/** A row costs about as much as ten events; what is read of one is read as a whole. */
const MOST_EVENTS = 500;

/** Some events of one execution, one after the other. */
export interface EventRun {
  readonly executionId: string;
  readonly events: readonly JournalEvent[];
}

/** What follows on one another in an execution is archived as one slice, up to 500 events: a quick one in one piece. */
export function eventRuns(entries: readonly ArchiveEntry[]): readonly EventRun[] {
  const runs: { readonly executionId: string; readonly events: JournalEvent[] }[] = [];
  const latest = new Map<string, JournalEvent[]>();
  for (const { executionId, events } of entries) {
    const [first] = events;
    if (first === undefined) continue;
    const before = latest.get(executionId);
    const isNext = before?.at(-1)?.seq === first.seq - 1;
    if (before !== undefined && isNext && before.length + events.length <= MOST_EVENTS) {
      for (const event of events) before.push(event);
      continue;
    }
    const run = { executionId, events: [...events] };
    latest.set(executionId, run.events);
    runs.push(run);
  }
  return runs;
}
