import type { Trigger } from '../decider/commands';
import type { Clock } from '../ports/clock';

const REMEMBERED = 10_000;
/** How far the clocks of whoever accepts triggers and of the writer may be apart. */
const CLOCK_SKEW_MS = 2000;

/**
 * The executions that ended in the hands of one writer, the latest of them. Triggers may come twice (sent again after
 * a lost reply, or by a process that was held up), and what has ended and is archived is not hot any more; this tells
 * a trigger that certainly is the first one, so that only others need a look into the archive.
 */
export class EndedExecutions {
  /** What is handled now may have been sent before the writer's time, whatever the clocks say. */
  isBacklog = false;
  /** When they ended, in epoch milliseconds, oldest first. */
  private readonly ended = new Map<string, number>();

  /** No execution that ended later, in epoch milliseconds, is unknown here. */
  private since: number;

  constructor(private readonly clock: Pick<Clock, 'now'>) {
    this.since = clock.now();
  }

  add(executionId: string): void {
    this.ended.delete(executionId);
    this.ended.set(executionId, this.clock.now());
    if (this.ended.size <= REMEMBERED) return;
    for (const [oldest, at] of this.ended) {
      this.ended.delete(oldest);
      this.since = at;
      return;
    }
  }

  /** Whether the trigger's execution may have run already, though the hot store does not know it. */
  mayHave({ executionId, acceptedAt, recover }: Trigger): boolean {
    if (this.isBacklog || recover === true || acceptedAt === undefined) return true;
    if (this.ended.has(executionId)) return true;
    const accepted = Date.parse(acceptedAt);
    // One of the clocks is wrong when it is yet to come.
    return accepted < this.since + CLOCK_SKEW_MS || accepted > this.clock.now() + CLOCK_SKEW_MS;
  }
}
