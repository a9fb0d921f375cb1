import { JournalSection } from './journal-section';
import type { ArchiveEntry } from './ports/execution-repository';

/** A row costs about as much as ten events; what is read of one is read as a whole. */
const MOST_EVENTS = 500;

/** Some events of one execution, one after the other. */
export interface EventRun {
  readonly executionId: string;
  readonly section: JournalSection;
}

interface OpenRun {
  readonly executionId: string;
  readonly sections: JournalSection[];
  size: number;
}

/** What follows on one another in an execution is archived as one slice, up to 500 events: a quick one in one piece. */
export function eventRuns(entries: readonly ArchiveEntry[]): readonly EventRun[] {
  const runs: OpenRun[] = [];
  const latest = new Map<string, OpenRun>();
  for (const { executionId, section } of entries) {
    if (section.size === 0) continue;
    const before = latest.get(executionId);
    const isNext = before?.sections.at(-1)?.last === section.first - 1;
    if (before !== undefined && isNext && before.size + section.size <= MOST_EVENTS) {
      before.sections.push(section);
      before.size += section.size;
      continue;
    }
    const run = { executionId, sections: [section], size: section.size };
    latest.set(executionId, run);
    runs.push(run);
  }
  return runs.map(({ executionId, sections }) => ({ executionId, section: JournalSection.joined(sections) }));
}
