import type { Trigger } from '../decider/commands';
import type { Clock } from '../ports/clock';

const REMEMBERED = 10_000;
/** How far the clocks of whoever accepts triggers and of the writer may be apart. */
const CLOCK_SKEW_MS = 2000;

/**
 * The executions that one writer had in memory and has no more, the latest of them: most have ended. Triggers may come
 * twice (sent again after a lost reply, or by a process that was held up); this tells a trigger that certainly is the
 * first one, so that only others need a look into the stores.
 */
export class FormerExecutions {
  /** What is handled now may have been sent before the writer's time, whatever the clocks say. */
  isBacklog = false;
  /** When they went, in epoch milliseconds, oldest first. */
  private readonly former = new Map<string, number>();
  /** None that went later, in epoch milliseconds, is unknown here. */
  private since: number;

  constructor(private readonly clock: Pick<Clock, 'now'>) {
    this.since = clock.now();
  }

  add(executionId: string): void {
    this.former.delete(executionId);
    this.former.set(executionId, this.clock.now());
    if (this.former.size <= REMEMBERED) return;
    for (const [oldest, at] of this.former) {
      this.former.delete(oldest);
      this.since = at;
      return;
    }
  }

  /** Whether the trigger's execution, which is not in memory, may have run already. */
  mayHave({ executionId, acceptedAt, recover }: Trigger): boolean {
    if (this.isBacklog || recover === true || acceptedAt === undefined) return true;
    if (this.former.has(executionId)) return true;
    const accepted = Date.parse(acceptedAt);
    // One of the clocks is wrong when it is yet to come.
    return accepted < this.since + CLOCK_SKEW_MS || accepted > this.clock.now() + CLOCK_SKEW_MS;
  }
}
