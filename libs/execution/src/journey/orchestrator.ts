import { partitionOf } from '../partition';
import type { InboundEntry, Offset } from '../ports/event-stream';
import type { Timer } from '../ports/execution-store';
import type { PartitionLease, PartitionLeases } from '../ports/partition-leases';
import { Arrivals } from './arrivals';
import { LostPartitions } from './lost-partitions';
import { ACQUIRE_EVERY_MS, PartitionShare } from './partition-share';
import type { PartitionShareOptions } from './partition-share';
import { PartitionWriter } from './partition-writer';
import type { Inbox, WriterPorts } from './partition-writer';
import { resumePartition } from './resume-partition';
import type { ResumedPartition } from './resume-partition';
import { RoleLoop } from './role-loop';
import { Workflows } from './workflows';

export interface OrchestratorPorts extends WriterPorts {
  readonly leases: PartitionLeases;
}

/** Inbound entries per partition and turn, as a rule; each may have many commands. */
const READ_LIMIT = 100;
const TIMER_LIMIT = 500;
/** Blocking reads are finite, so that leases and timers are looked at in between. */
const MAX_WAIT_MS = 1000;
/** So long the partitions of a turn wait for each other, for it is cheaper to read for all of them together. */
const PATIENCE_MS = 5;
/** One that is late for longer may never end: all wait for it, so that health checks see that no turn ends. */
const LATE_AT_MOST_MS = 60_000;
/** After the system of record could not be asked about a partition. */
const NEXT_TRY_MS = 1000;

interface Owned {
  readonly writer: PartitionWriter;
  /** Of the last entry that was handled. */
  offset: Offset | undefined;
  /** After that one. */
  arrivals: Arrivals;
  /** What arrived before it was taken up is not all read yet. */
  hasBacklog: boolean;
  /** Inbound entries of its next turn. */
  readLimit: number;
  /** A writer handles one inbox at a time. */
  isHandling: boolean;
  /** Since when the others have gone on without it, in epoch milliseconds. */
  lateSince: number | undefined;
}

/** The orchestrator role: owns partitions and folds what arrives in them. */
export class Orchestrator {
  private readonly share: PartitionShare;
  private readonly owned = new Map<number, Owned>();
  private readonly workflows: Workflows;
  private readonly lost: LostPartitions;
  private readonly loop: RoleLoop;
  private readonly handling = new Set<Promise<void>>();
  /** Of a partition, in this turn or late from one before. */
  private failure: { readonly error: unknown } | undefined;
  /** Ends the wait for what arrives, for there is something else to do. */
  private waking = new AbortController();
  private takeUpAt = 0;
  private stopped: Promise<void> | undefined;

  constructor(
    private readonly ports: OrchestratorPorts,
    private readonly options: PartitionShareOptions,
  ) {
    this.share = new PartitionShare('orchestrator', ports, options);
    this.workflows = new Workflows(ports.definitions);
    this.lost = new LostPartitions(ports, options.partitions);
    this.loop = new RoleLoop('orchestrator', ports, (signal) => this.turn(signal));
  }

  start(): void {
    this.share.start();
    this.loop.start();
    this.lost.start();
  }

  /** Finishes the turn under way, takes in what has arrived by then, and hands the partitions over at once. */
  stop(): Promise<void> {
    // Whoever stops it once more waits for the same last turn.
    this.stopped ??= this.finish();
    return this.stopped;
  }

  private async finish(): Promise<void> {
    await this.lost.stop();
    const loopEnded = this.loop.stop();
    this.wake();
    await loopEnded;
    try {
      await this.turn(AbortSignal.abort());
    } catch (error) {
      this.ports.log.warn('the last turn failed; the next owner does it again', { err: error });
    }
    await Promise.all(this.handling);
    this.owned.clear();
    await this.share.release();
  }

  /** One turn: leases, due timers, what has arrived. Waits when there is nothing to do. */
  async turn(signal: AbortSignal): Promise<void> {
    await this.share.keep();
    await this.takeUpPartitions();
    if (!signal.aborted && this.waking.signal.aborted) this.waking = new AbortController();
    if (this.isAnyTooLate()) await Promise.all(this.handling);
    const idle = new Map([...this.owned].filter(([, owned]) => this.isIdle(owned)));
    if (idle.size === 0) await this.ports.clock.sleep(ACQUIRE_EVERY_MS, this.waking.signal);
    else await this.handleAll(await this.arrived(idle, signal.aborted));
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure.error;
  }

  /** The writer of a partition that was lost meanwhile, maybe by a late turn that failed, is not to be asked again. */
  private isIdle({ isHandling, writer }: Owned): boolean {
    return !isHandling && this.share.holds(writer.lease);
  }

  /** What is to be handled in partitions, as soon as there is something; `isLast`: all that has arrived. */
  private async arrived(
    partitions: ReadonlyMap<number, Owned>,
    isLast: boolean,
  ): Promise<ReadonlyMap<number, Inbox>> {
    const { clock, store, stream } = this.ports;
    const numbers = [...partitions.keys()];
    const { due, nextDueAt } = await store.timersDue(numbers, clock.now(), TIMER_LIMIT);
    const limit = Math.max(...Array.from(partitions.values(), ({ readLimit }) => readLimit));
    const entries = await stream.read({
      after: new Map(
        Array.from(partitions, ([partition, { arrivals, offset }]) => [partition, arrivals.offset ?? offset]),
      ),
      limit,
      waitMs: due.length > 0 ? 0 : this.waitMs(nextDueAt, partitions.values()),
      signal: this.waking.signal,
    });
    const now = clock.now();
    this.gather(entries, due, now);
    const inboxes = inboxesOf(partitions, now, isLast);
    noteBacklogs(partitions, entries, limit);
    return inboxes;
  }

  /** Resolves when all are handled, or when it is time for the others to go on. */
  private async handleAll(inboxes: ReadonlyMap<number, Inbox>): Promise<void> {
    const handled = Array.from(inboxes, ([partition, inbox]) => this.handle(partition, inbox));
    const done = new AbortController();
    void Promise.all(handled).then(() => done.abort('all are done'));
    await this.ports.clock.sleep(PATIENCE_MS, done.signal);
    if (done.signal.aborted) return;
    for (const owned of this.owned.values()) if (owned.isHandling) owned.lateSince ??= this.ports.clock.now();
  }

  private isAnyTooLate(): boolean {
    const latest = this.ports.clock.now() - LATE_AT_MOST_MS;
    return [...this.owned.values()].some(({ lateSince = Infinity }) => lateSince < latest);
  }

  private waitMs(nextDueAt: number | undefined, partitions: Iterable<Owned>): number {
    const now = this.ports.clock.now();
    const nextMs = Math.min(this.share.nextAt, nextDueAt ?? Infinity) - now;
    const leftMs = Array.from(partitions, ({ arrivals }) => arrivals.leftMs(now));
    return Math.max(0, Math.min(MAX_WAIT_MS, nextMs, ...leftMs));
  }

  private handle(partition: number, inbox: Inbox): Promise<void> {
    const owned = this.owned.get(partition);
    if (owned === undefined) return Promise.resolve();
    owned.isHandling = true;
    const handled = this.write(owned, inbox).finally(() => {
      this.handling.delete(handled);
      if (owned.lateSince !== undefined) this.wake();
      owned.isHandling = false;
      owned.lateSince = undefined;
    });
    this.handling.add(handled);
    return handled;
  }

  private async write(owned: Owned, inbox: Inbox): Promise<void> {
    const { writer } = owned;
    try {
      const result = await writer.handle(inbox);
      if (result === 'fenced') this.share.lose(writer.lease);
      // What overtook it is in the stream, however much is before it.
      else if (result === 'overtaken') owned.readLimit *= 2;
      else {
        owned.readLimit = READ_LIMIT;
        owned.offset = inbox.offset ?? owned.offset;
      }
    } catch (error) {
      // What the writer knows is worthless. The next one begins with a new epoch and with what the store says then, so
      // that nothing of this turn can still arrive there.
      this.share.lose(writer.lease);
      const { partition } = writer.lease;
      this.ports.log.error('a turn failed and is done again', { partition, err: error });
      this.failure = { error };
    }
  }

  private wake(): void {
    this.waking.abort('woken');
  }

  private gather(entries: readonly InboundEntry[], due: readonly Timer[], now: number): void {
    for (const timer of due) {
      const partition = partitionOf(timer.executionId, this.options.partitions);
      this.owned.get(partition)?.arrivals.addTimer(timer, now);
    }
    for (const entry of entries) {
      const owned = this.owned.get(entry.partition);
      owned?.arrivals.addEntry(entry, now, owned.hasBacklog);
    }
  }

  private async takeUpPartitions(): Promise<void> {
    for (const [partition, { writer }] of this.owned) {
      if (!this.share.holds(writer.lease)) this.owned.delete(partition);
    }
    const leftMs = this.takeUpAt - this.ports.clock.now();
    // More than that is left when the clock was set back.
    if (leftMs > 0 && leftMs <= NEXT_TRY_MS) return;
    for (const lease of this.share.leases()) if (!this.owned.has(lease.partition)) await this.takeUp(lease);
  }

  /**
   * A partition that cannot be looked at now must not hold up those that can. `current`: the archive's timeline, if it
   * was known when the lease was asked for.
   */
  private async takeUp(lease: PartitionLease, current = 0): Promise<void> {
    try {
      const result = await resumePartition(this.ports, lease, current);
      if (result.outcome === 'resumed') this.own(lease, result);
      else if (result.outcome === 'fenced') this.share.lose(lease);
      else {
        const next = await this.share.acquireAgain(lease, result.timeline);
        if (next !== undefined) await this.takeUp(next, result.timeline);
      }
    } catch (error) {
      this.takeUpAt = this.ports.clock.now() + NEXT_TRY_MS;
      this.ports.log.error('a partition cannot be taken up', {
        partition: lease.partition,
        err: error,
      });
    }
  }

  private own(lease: PartitionLease, { progress, isLost }: ResumedPartition): void {
    const writer = new PartitionWriter(lease, progress.turn, this.workflows, this.ports);
    this.owned.set(lease.partition, {
      writer,
      offset: progress.offset,
      arrivals: new Arrivals(),
      hasBacklog: true,
      readLimit: READ_LIMIT,
      isHandling: false,
      lateSince: undefined,
    });
    if (isLost) this.lost.add(lease.partition);
  }
}

/** Takes out what is not to wait any more; `isLast`: all there is. */
function inboxesOf(
  partitions: ReadonlyMap<number, Owned>,
  now: number,
  isLast: boolean,
): ReadonlyMap<number, Inbox> {
  const inboxes = new Map<number, Inbox>();
  for (const [partition, owned] of partitions) {
    const leftMs = owned.arrivals.leftMs(now);
    if (leftMs === Infinity || (leftMs > 0 && !isLast)) continue;
    inboxes.set(partition, owned.arrivals.toInbox(owned.hasBacklog));
    owned.arrivals = new Arrivals();
  }
  return inboxes;
}

/** A read that could have given more has given all that was there. */
function noteBacklogs(
  partitions: ReadonlyMap<number, Owned>,
  entries: readonly InboundEntry[],
  limit: number,
): void {
  const counts = new Map<number, number>();
  for (const { partition } of entries) counts.set(partition, (counts.get(partition) ?? 0) + 1);
  for (const [partition, owned] of partitions) owned.hasBacklog &&= (counts.get(partition) ?? 0) >= limit;
}
