import type { JournalEvent } from './decider/events';

/** What means nothing for the record of an execution, nor for its dead letters: the steps of its nodes. */
const ROUTINE: ReadonlySet<JournalEvent['type']> = new Set([
  'NodeScheduled',
  'NodeStarted',
  'NodeCompleted',
  'NodeFailed',
  'NodeSkipped',
  'RetryScheduled',
  'TaskRedelivered',
  'TimerSet',
]);

/**
 * Events of one journal that follow on one another. Whoever looks into them needs the events; whoever only passes them
 * on needs their text, and reading it to write it again would cost more than all else. So what is given as one is made
 * of the other when somebody asks for it.
 */
export class JournalSection {
  private constructor(
    /** Positions of the first and the last event. */
    readonly first: number,
    readonly last: number,
    /** Nothing but steps of nodes. */
    readonly isRoutine: boolean,
    private text: string | undefined,
    private parsed: readonly JournalEvent[] | undefined,
  ) {}

  static of(events: readonly JournalEvent[]): JournalSection {
    const isRoutine = events.every(({ type }) => ROUTINE.has(type));
    const first = events[0]?.seq ?? 0;
    return new JournalSection(first, events.at(-1)?.seq ?? first - 1, isRoutine, undefined, events);
  }

  /**
   * Somebody will look into what is not routine, so it is read at once; of the rest only the ends are looked at.
   * @throws SyntaxError when that is not how {@link json} looks
   */
  static written(first: number, last: number, isRoutine: boolean, json: string): JournalSection {
    if (!json.startsWith('[{') || !json.endsWith('}]') || json.includes('\n'))
      throw new SyntaxError('no events of a journal');
    const parsed = isRoutine ? undefined : (JSON.parse(json) as readonly JournalEvent[]);
    return new JournalSection(first, last, isRoutine, json, parsed);
  }

  /** @param sections at least one, each beginning where the one before ends */
  static joined(sections: readonly JournalSection[]): JournalSection {
    const [head] = sections;
    if (head !== undefined && sections.length === 1) return head;
    const json = `[${sections.map((section) => section.json.slice(1, -1)).join(',')}]`;
    const isRoutine = sections.every((section) => section.isRoutine);
    return new JournalSection(head?.first ?? 0, sections.at(-1)?.last ?? 0, isRoutine, json, undefined);
  }

  get size(): number {
    return this.last - this.first + 1;
  }

  get events(): readonly JournalEvent[] {
    return (this.parsed ??= JSON.parse(this.text ?? '[]') as readonly JournalEvent[]);
  }

  /** An array, as `JSON.stringify` writes it: without line breaks. */
  get json(): string {
    return (this.text ??= JSON.stringify(this.parsed));
  }
}
