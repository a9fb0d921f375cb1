import { isoTime } from '../iso-time';
import { addEffects, noEffects } from './effects';
import type { Effects } from './effects';
import type { Fact, JournalEvent } from './events';
import { evolve } from './evolve';
import type { ExecutionState } from './state';

/** Time and chance, as data. */
export interface Moment {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Uniform in [0, 1). */
  readonly random: number;
  /** Tasks go out with those that may follow them. */
  readonly followUps?: boolean;
}

/** What one command made of an execution. */
export interface Decision {
  readonly events: readonly JournalEvent[];
  readonly effects: Effects;
}

/**
 * One turn of the decider: every fact that is decided is applied at once, so that later decisions of the same
 * turn see it.
 */
export class Turn implements Decision {
  readonly events: JournalEvent[] = [];
  readonly effects = noEffects();
  private readonly at: string;

  constructor(
    readonly state: ExecutionState,
    readonly moment: Moment,
  ) {
    this.at = isoTime(moment.now);
  }

  emit(fact: Fact): void {
    const event: JournalEvent = { seq: this.state.seq + 1, at: this.at, ...fact };
    addEffects(this.effects, this.state, event, this.moment.followUps);
    evolve(this.state, event);
    this.events.push(event);
  }
}
