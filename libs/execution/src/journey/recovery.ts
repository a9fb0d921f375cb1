import type { EventStream } from '../ports/event-stream';
import type { ExecutionRecord, ExecutionRepository } from '../ports/execution-repository';
import type { ExecutionStore } from '../ports/execution-store';
import { RoleLoop } from './role-loop';
import type { LoopPorts } from './role-loop';
import { triggerAgain, unfinishedPages } from './unfinished';

export interface RecoveryPorts extends LoopPorts {
  readonly executions: ExecutionRepository;
  readonly stream: EventStream;
  readonly store: ExecutionStore;
}

export interface RecoveryOptions {
  /**
   * An execution that the hot store does not know so long after its start was lost on the way, in milliseconds;
   * they are looked for just as often, unless there are very many. Default: 10,000.
   */
  readonly recoverAfterMs?: number;
}

const RECOVER_AFTER_MS = 10_000;
/** Looking at very many executions takes its time: a tenth of all time at most, unless a clock was set forward. */
const LARGEST_PART = 0.1;
const LONGEST_REST_MS = 300_000;
/** What was recovered in vain waits twice as long for the next time, up to so many times the first pause. */
const LONGEST_PAUSE = 32;

/** When an execution was sent again, and how long to wait for it to show up. */
interface Sent {
  readonly at: number;
  readonly pauseMs: number;
}

/**
 * Brings back executions that the hot store does not know: those whose trigger was stranded between the system of
 * record and the event stream, and those of a lost partition whose new owner died before it had brought them back.
 */
export class Recovery {
  private readonly loop: RoleLoop;
  private readonly recoverAfterMs: number;
  /** Sent again and still unknown. While nobody owns the partitions they must not be sent for ever. */
  private sent = new Map<string, Sent>();

  constructor(
    private readonly ports: RecoveryPorts,
    { recoverAfterMs = RECOVER_AFTER_MS }: RecoveryOptions = {},
  ) {
    this.recoverAfterMs = recoverAfterMs;
    this.loop = new RoleLoop('recovery', ports, (signal) => this.turn(signal));
  }

  start(): void {
    this.loop.start();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
  }

  private async turn(signal: AbortSignal): Promise<void> {
    const { clock } = this.ports;
    const from = clock.now();
    await this.recoverLost(signal);
    const tookMs = clock.now() - from;
    const restMs = Math.min(tookMs / LARGEST_PART, LONGEST_REST_MS);
    await clock.sleep(Math.max(this.recoverAfterMs, restMs), signal);
  }

  private async recoverLost(signal: AbortSignal): Promise<void> {
    const { clock, executions, log, stream } = this.ports;
    const now = clock.now();
    const sent = new Map<string, Sent>();
    let recovered = 0;
    for await (const page of unfinishedPages(executions)) {
      if (signal.aborted) return;
      const due: ExecutionRecord[] = [];
      for (const execution of await this.lostOf(page, now)) {
        const before = this.sent.get(execution.id);
        const isDue = before === undefined || !isWithin(before.pauseMs, before.at, now);
        if (isDue) due.push(execution);
        sent.set(execution.id, isDue ? { at: now, pauseMs: this.pauseAfter(before) } : before);
      }
      if (due.length > 0) await stream.append(due.map(triggerAgain));
      recovered += due.length;
    }
    this.sent = sent;
    if (recovered > 0) log.warn('executions that the hot store does not know go on', { count: recovered });
  }

  private async lostOf(page: readonly ExecutionRecord[], now: number): Promise<ExecutionRecord[]> {
    const old = page.filter(
      ({ startedAt }) => startedAt !== null && !isWithin(this.recoverAfterMs, Date.parse(startedAt), now),
    );
    const known = await this.ports.store.known(old.map(({ id }) => id));
    return old.filter(({ id }) => !known.has(id));
  }

  private pauseAfter(before: Sent | undefined): number {
    const pauseMs = before === undefined ? this.recoverAfterMs : 2 * before.pauseMs;
    return Math.min(pauseMs, LONGEST_PAUSE * this.recoverAfterMs);
  }
}

/** What is further ahead than that was written by a clock which was wrong; its time must not be waited for. */
function isWithin(ms: number, at: number, now: number): boolean {
  return Math.abs(now - at) < ms;
}
