import type { ArchiveOutbox, OutboxBatch, OutboxSlice } from '../ports/archive-outbox';
import type { ExecutionRepository } from '../ports/execution-repository';
import type { PartitionLeases } from '../ports/partition-leases';
import { archiveEntry } from './archive-entry';
import { ACQUIRE_EVERY_MS, PartitionShare } from './partition-share';
import type { PartitionShareOptions } from './partition-share';
import { RoleLoop } from './role-loop';
import type { LoopPorts } from './role-loop';

export interface ArchiverPorts extends LoopPorts {
  readonly archiveLeases: PartitionLeases;
  readonly outbox: ArchiveOutbox;
  readonly executions: ExecutionRepository;
}

export interface ArchiverOptions extends PartitionShareOptions {
  /** The outbox and who fills it live on: what is left there is the next archiver's. Default: false. */
  readonly outlivedByOutbox?: boolean;
}

const SLICE_LIMIT = 1000;
const WAIT_MS = 1000;
/** While a partition's new timeline is known to the system of record and not to the hot store yet. */
const NEXT_TRY_MS = 100;

/** Moves journals from the hot store to the system of record, in batches. */
export class Archiver {
  private readonly share: PartitionShare;
  private readonly loop: RoleLoop;
  /** By partition: the epoch of the lease under which it was taken from. */
  private epochs = new Map<number, number>();

  constructor(
    private readonly ports: ArchiverPorts,
    private readonly options: ArchiverOptions,
  ) {
    this.share = new PartitionShare('archiver', { ...ports, leases: ports.archiveLeases }, options);
    this.loop = new RoleLoop('archiver', ports, (signal) => this.turn(signal));
  }

  start(): void {
    this.share.start();
    this.loop.start();
  }

  /** Unless others take it over, archives what is left before it resolves. */
  async stop(): Promise<void> {
    await this.loop.stop();
    if (this.options.outlivedByOutbox !== true) while ((await this.archive(0)) === 'archived');
    await this.share.release();
  }

  private async turn(signal: AbortSignal): Promise<void> {
    const { clock } = this.ports;
    await this.share.keep();
    if (this.share.leases().length === 0) return clock.sleep(ACQUIRE_EVERY_MS, signal);
    const waitMs = Math.max(0, Math.min(WAIT_MS, this.share.nextAt - clock.now()));
    if ((await this.archive(waitMs, signal)) === 'left out') await clock.sleep(NEXT_TRY_MS, signal);
  }

  /**
   * With a new lease on a partition it is begun anew: in between another archiver, or an older memory of the store, may
   * have made worthless what was known of it.
   */
  private async partitionsToTakeFrom(): Promise<readonly number[]> {
    const leases = this.share.leases();
    const kept = leases.filter(({ partition, epoch }) => (this.epochs.get(partition) ?? epoch) === epoch);
    if (kept.length < leases.length) {
      const partitions = kept.map(({ partition }) => partition);
      // The taker forgets those that it is not asked for.
      await this.ports.outbox.take({ partitions, limit: 0, waitMs: 0 });
    }
    this.epochs = new Map(leases.map(({ partition, epoch }) => [partition, epoch]));
    return leases.map(({ partition }) => partition);
  }

  private async archive(waitMs: number, signal?: AbortSignal): Promise<'archived' | 'left out' | 'nothing'> {
    const { outbox, executions } = this.ports;
    const partitions = await this.partitionsToTakeFrom();
    const request = { partitions, limit: SLICE_LIMIT, waitMs, ...(signal !== undefined && { signal }) };
    const batch = await outbox.take(request);
    if (batch.slices.length === 0) return 'nothing';
    let leftOut: readonly number[];
    try {
      leftOut = await executions.archive(batch.slices.map(archiveEntry));
    } catch (error) {
      await outbox.giveBack(batch);
      throw error;
    }
    if (leftOut.length === 0) {
      await outbox.confirm(batch);
      return 'archived';
    }
    const isLeftOut = ({ position }: OutboxSlice): boolean => leftOut.includes(position.partition);
    await outbox.confirm(only(batch, (slice) => !isLeftOut(slice)));
    await outbox.giveBack(only(batch, isLeftOut));
    return 'left out';
  }
}

function only({ slices, receipts }: OutboxBatch, isWanted: (slice: OutboxSlice) => boolean): OutboxBatch {
  const chosen = slices.map((slice, index) => ({ slice, receipt: receipts[index] ?? '' }));
  const wanted = chosen.filter(({ slice }) => isWanted(slice));
  return { slices: wanted.map(({ slice }) => slice), receipts: wanted.map(({ receipt }) => receipt) };
}
