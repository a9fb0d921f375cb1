import { partitionOf } from '../partition';
import type { Clock } from '../ports/clock';
import type { EventStream } from '../ports/event-stream';
import type { ExecutionRepository } from '../ports/execution-repository';
import type { Log } from '../ports/log';
import { RoleLoop } from './role-loop';
import { triggerAgain, unfinishedPages } from './unfinished';

export interface LostPartitionsPorts {
  readonly executions: ExecutionRepository;
  readonly stream: EventStream;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Brings back the executions of partitions whose hot data is gone, beside everything else: it takes as long as there
 * are unfinished executions.
 */
export class LostPartitions {
  private lost = new Set<number>();
  private readonly loop: RoleLoop;
  private added: () => void = () => undefined;

  constructor(
    private readonly ports: LostPartitionsPorts,
    private readonly partitions: number,
  ) {
    this.loop = new RoleLoop('recovery of lost partitions', ports, (signal) => this.turn(signal));
  }

  start(): void {
    this.loop.start();
  }

  async stop(): Promise<void> {
    const stopped = this.loop.stop();
    this.added();
    await stopped;
  }

  add(partition: number): void {
    this.lost.add(partition);
    this.added();
  }

  private async turn(signal: AbortSignal): Promise<void> {
    if (this.lost.size === 0) return new Promise((resolve) => (this.added = resolve));
    const partitions = this.lost;
    this.lost = new Set();
    try {
      await this.recover(partitions, signal);
    } catch (error) {
      for (const partition of partitions) this.lost.add(partition);
      throw error;
    }
  }

  private async recover(partitions: ReadonlySet<number>, signal: AbortSignal): Promise<void> {
    const { executions, stream, log } = this.ports;
    let count = 0;
    for await (const page of unfinishedPages(executions)) {
      if (signal.aborted) return;
      const lost = page.filter(({ id }) => partitions.has(partitionOf(id, this.partitions)));
      if (lost.length > 0) await stream.append(lost.map(triggerAgain));
      count += lost.length;
    }
    if (count > 0) log.warn('executions go on from their archived journals', { count });
  }
}
