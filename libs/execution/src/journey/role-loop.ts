import type { Clock } from '../ports/clock';
import type { Log } from '../ports/log';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5000;

export interface LoopPorts {
  readonly clock: Clock;
  readonly log: Log;
  /** Told of every turn, good or failed, for health checks. */
  readonly onTurn?: (loop: string, error?: unknown) => void;
}

/** Runs a role's turns one after the other until stopped; a turn that fails is tried again after a pause. */
export class RoleLoop {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly name: string,
    private readonly ports: LoopPorts,
    private readonly turn: (signal: AbortSignal) => Promise<void>,
  ) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Resolves when the turn under way has ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    let failures = 0;
    while (!signal.aborted) {
      try {
        await this.turn(signal);
        failures = 0;
        this.ports.onTurn?.(this.name);
        // In memory nothing ever waits for I/O; a busy role must not starve the rest of the process.
        await this.ports.clock.sleep(0);
      } catch (error) {
        failures += 1;
        this.ports.onTurn?.(this.name, error);
        const pause = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
        this.ports.log.error(`${this.name}: a turn failed, next try in ${pause} ms`, { err: error });
        await this.ports.clock.sleep(pause, signal);
      }
    }
  }
}
