import type { WorkerDescription, WorkerDirectory } from '../ports/worker-directory';
import { RoleLoop } from './role-loop';
import type { LoopPorts } from './role-loop';

export interface WorkerPresencePorts extends LoopPorts {
  readonly workers: WorkerDirectory;
}

const ANNOUNCE_EVERY_MS = 2000;
/** Outlasts some lost announcements; then whoever is silent is gone. */
const KNOWN_MS = 15_000;

/** Keeps a worker in the directory for as long as it runs. */
export class WorkerPresence {
  private readonly loop: RoleLoop;

  constructor(
    private readonly ports: WorkerPresencePorts,
    private readonly describe: () => WorkerDescription,
  ) {
    this.loop = new RoleLoop('worker announcements', ports, (signal) => this.turn(signal));
  }

  start(): void {
    this.loop.start();
  }

  /** Whoever cannot say that it goes is forgotten after a while. */
  async stop(): Promise<void> {
    await this.loop.stop();
    const { id } = this.describe();
    try {
      await this.ports.workers.withdraw(id);
    } catch (error) {
      this.ports.log.warn('the worker could not be withdrawn from the directory', { worker: id, err: error });
    }
  }

  private async turn(signal: AbortSignal): Promise<void> {
    await this.ports.workers.announce(this.describe(), KNOWN_MS);
    await this.ports.clock.sleep(ANNOUNCE_EVERY_MS, signal);
  }
}
