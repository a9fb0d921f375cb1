import type { Command } from '../decider/commands';
import type { InboundEntry, Offset } from '../ports/event-stream';

/** So long commands for which nobody waits are kept, to be handled with what comes next. */
const GATHER_MS = 5;

/** What has arrived in a partition and is not handled yet. Times are in epoch milliseconds. */
export class Arrivals {
  private readonly entries: InboundEntry[] = [];
  private handleAt = Infinity;

  /** Of the last entry; undefined: nothing has arrived. */
  get offset(): Offset | undefined {
    return this.entries.at(-1)?.offset;
  }

  add(entry: InboundEntry, now: number, isBacklog: boolean): void {
    const mayWait = !isBacklog && entry.commands.every(isForTheRecord);
    this.handleAt = Math.min(this.handleAt, mayWait ? now + GATHER_MS : now);
    this.entries.push(entry);
  }

  /** How long they may wait for others, in milliseconds; Infinity: nothing has arrived. */
  leftMs(now: number): number {
    if (this.entries.length === 0) return Infinity;
    const leftMs = this.handleAt - now;
    // More than that is left when the clock was set back.
    return leftMs > GATHER_MS ? 0 : Math.max(0, leftMs);
  }

  commands(): readonly Command[] {
    return this.entries.flatMap(({ commands }) => commands);
  }
}

/** What follows has begun already: it changes nothing but what people see. */
function isForTheRecord(command: Command): boolean {
  return command.type === 'TaskStarted' || (command.type === 'TaskSucceeded' && command.followedUp === true);
}
