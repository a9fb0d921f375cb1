import type { Command } from '../decider/commands';
import { isFollowedUp } from '../decider/follow-ups';
import type { InboundEntry, Offset } from '../ports/event-stream';
import type { Timer } from '../ports/execution-store';
import type { Inbox } from './partition-writer';

/** So long commands for which nobody waits are kept, to be handled with what comes next. */
const GATHER_MS = 5;

/** What has arrived in a partition and is not handled yet. Times are in epoch milliseconds. */
export class Arrivals {
  private readonly entries: InboundEntry[] = [];
  private readonly timers: Timer[] = [];
  /** Infinity: nothing has arrived. */
  private handleAt = Infinity;

  /** Of the last entry; undefined: there is none. */
  get offset(): Offset | undefined {
    return this.entries.at(-1)?.offset;
  }

  addEntry(entry: InboundEntry, now: number, isBacklog: boolean): void {
    const mayWait = !isBacklog && entry.commands.every(isForTheRecord);
    this.handleAt = Math.min(this.handleAt, mayWait ? now + GATHER_MS : now);
    this.entries.push(entry);
  }

  addTimer(timer: Timer, now: number): void {
    this.handleAt = Math.min(this.handleAt, now);
    this.timers.push(timer);
  }

  /** How long they may wait for others, in milliseconds; Infinity: nothing has arrived. */
  leftMs(now: number): number {
    if (this.handleAt === Infinity) return Infinity;
    const leftMs = this.handleAt - now;
    // More than that is left when the clock was set back.
    return leftMs > GATHER_MS ? 0 : Math.max(0, leftMs);
  }

  toInbox(isBacklog: boolean): Inbox {
    const commands = this.entries.flatMap((entry) => entry.commands);
    return { commands, offset: this.offset, timers: this.timers, isBacklog };
  }
}

/** It changes nothing but what people see. */
function isForTheRecord(command: Command): boolean {
  return command.type === 'TaskStarted' || isFollowedUp(command);
}
