import type { TaskQueue } from '../ports/task-queue';
import { RoleLoop } from './role-loop';
import type { LoopPorts } from './role-loop';

export interface ReaperPorts extends LoopPorts {
  readonly tasks: TaskQueue;
}

const RECLAIM_LIMIT = 500;

/** The reaper role: takes back the tasks of workers that are gone. */
export class Reaper {
  private readonly loop: RoleLoop;

  constructor(
    private readonly ports: ReaperPorts,
    private readonly options: { readonly leaseMs: number },
  ) {
    this.loop = new RoleLoop('reaper', ports, (signal) => this.turn(signal));
  }

  start(): void {
    this.loop.start();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
  }

  private async turn(signal: AbortSignal): Promise<void> {
    const { leaseMs } = this.options;
    await this.ports.clock.sleep(leaseMs / 3, signal);
    let reclaimed = RECLAIM_LIMIT;
    while (reclaimed === RECLAIM_LIMIT && !signal.aborted) {
      reclaimed = await this.ports.tasks.reclaimStalled(leaseMs, RECLAIM_LIMIT);
      if (reclaimed > 0) this.ports.log.warn('tasks of lost workers were taken back', { count: reclaimed });
    }
  }
}
