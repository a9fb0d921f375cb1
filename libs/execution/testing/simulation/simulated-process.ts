import type { Clock } from '../../src/ports/clock';
import { sleepOn } from './scheduler';
import type { Scheduler } from './scheduler';

/**
 * A process that may be stopped for a while, or for good, between any two things that happen in it, and that has a clock
 * of its own.
 */
export class SimulatedProcess {
  readonly clock: Clock;
  /** By so much its clock is ahead of the true time; negative: behind. In milliseconds. */
  aheadMs = 0;
  /** So long it may not be heard of, by what has gone wrong with it so far. */
  disturbedUntil = -Infinity;
  private isDead = false;
  private pausedUntil = 0;

  constructor(
    readonly name: string,
    private readonly scheduler: Scheduler,
    private readonly onKilled: (process: SimulatedProcess) => void,
  ) {
    this.clock = {
      now: () => scheduler.now() + this.aheadMs,
      sleep: (ms, signal) => sleepOn(this, ms, signal),
    };
  }

  get isAlive(): boolean {
    return !this.isDead;
  }

  /** Happens in the process: later when it is paused then, never when it is dead. */
  after(ms: number, action: () => void): void {
    this.scheduler.after(ms, () => this.take(action));
  }

  /** As by SIGSTOP, and SIGCONT so many milliseconds later. */
  pause(ms: number): void {
    this.pausedUntil = this.scheduler.now() + ms;
    this.disturb(ms);
  }

  /** Something went wrong with it that may keep it from being heard for so long. */
  disturb(ms: number): void {
    this.disturbedUntil = Math.max(this.disturbedUntil, this.scheduler.now() + ms);
  }

  /** As by `kill -9`. */
  kill(): void {
    if (this.isDead) return;
    this.isDead = true;
    this.disturb(Infinity);
    this.onKilled(this);
  }

  private take(action: () => void): void {
    if (this.isDead) return;
    const pause = this.pausedUntil - this.scheduler.now();
    if (pause > 0) this.after(pause, action);
    else action();
  }
}
