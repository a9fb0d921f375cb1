import type { Trigger } from '../decider/commands';
import type { Clock } from '../ports/clock';
import type { EventStream } from '../ports/event-stream';
import type { ExecutionRepository } from '../ports/execution-repository';
import type { Log } from '../ports/log';
import type { TaskQueue } from '../ports/task-queue';
import { RoleLoop } from './role-loop';

export interface ReaperPorts {
  readonly executions: ExecutionRepository;
  readonly stream: EventStream;
  readonly tasks: TaskQueue;
  readonly clock: Clock;
  readonly log: Log;
}

const RECLAIM_LIMIT = 500;
const RECOVERY_PAGE = 500;

/** The reaper role: tasks whose workers are gone, executions whose hot data is gone. */
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

/**
 * Triggers every unfinished execution of the system of record once more: one that was never started starts, one
 * whose hot data is gone goes on from its archived journal, and for all others it changes nothing.
 */
export async function recoverUnfinished({ executions, stream, log }: ReaperPorts): Promise<number> {
  let recovered = 0;
  let cursor: string | undefined;
  do {
    const page = await executions.unfinished({
      limit: RECOVERY_PAGE,
      ...(cursor !== undefined && { cursor }),
    });
    await stream.append(
      page.items.map(({ id, workflowId, version, input }): Trigger => {
        return { type: 'Trigger', executionId: id, workflowId, version, input, recover: true };
      }),
    );
    recovered += page.items.length;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  if (recovered > 0) log.info('unfinished executions go on', { count: recovered });
  return recovered;
}
