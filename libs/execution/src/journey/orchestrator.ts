import type { Command } from '../decider/commands';
import { partitionOf } from '../partition';
import type { EventStream, InboundEntry, Offset } from '../ports/event-stream';
import type { Timer } from '../ports/execution-store';
import type { PartitionLease, PartitionLeases } from '../ports/partition-leases';
import { PartitionWriter } from './partition-writer';
import type { Inbox, WriterPorts } from './partition-writer';
import { RoleLoop } from './role-loop';
import { Workflows } from './workflows';

export interface OrchestratorPorts extends WriterPorts {
  readonly stream: EventStream;
  readonly leases: PartitionLeases;
}

export interface OrchestratorOptions {
  /** Unique per process. */
  readonly owner: string;
  readonly partitions: number;
  readonly leaseMs: number;
}

/** Inbound entries per partition and turn. */
const READ_LIMIT = 500;
const TIMER_LIMIT = 500;
/** Blocking reads are finite, so that leases, timers and shutdown are looked at in between. */
const MAX_WAIT_MS = 1000;
/** How often an orchestrator with less than its share looks for partitions that were handed over or lapsed. */
const ACQUIRE_EVERY_MS = 200;

interface Owned {
  writer: PartitionWriter;
  offset: Offset | undefined;
}

/** The orchestrator role: owns partitions and folds what arrives in them. */
export class Orchestrator {
  private readonly owned = new Map<number, Owned>();
  private readonly workflows: Workflows;
  private readonly loop: RoleLoop;
  private renewAt = 0;
  private acquireAt = 0;
  /** How many partitions are this orchestrator's to own. */
  private share = 0;

  constructor(
    private readonly ports: OrchestratorPorts,
    private readonly options: OrchestratorOptions,
  ) {
    this.workflows = new Workflows(ports.definitions);
    this.loop = new RoleLoop('orchestrator', ports, (signal) => this.turn(signal));
  }

  start(): void {
    this.loop.start();
  }

  /** Finishes the turn under way, takes in what has arrived by then, and hands the partitions over at once. */
  async stop(): Promise<void> {
    await this.loop.stop();
    try {
      await this.turn(AbortSignal.abort());
    } catch (error) {
      this.ports.log.warn('the last turn failed; the next owner does it again', { err: error });
    }
    await this.ports.leases.release(this.leases(), this.options.owner);
    await this.ports.leases.withdraw(this.options.owner);
    this.owned.clear();
  }

  /** One turn: leases, due timers, what has arrived. Waits when there is nothing to do. */
  async turn(signal: AbortSignal): Promise<void> {
    await this.keepLeases();
    if (this.owned.size === 0) return this.ports.clock.sleep(ACQUIRE_EVERY_MS, signal);
    const partitions = [...this.owned.keys()];
    const { due, nextDueAt } = await this.ports.store.timersDue(
      partitions,
      this.ports.clock.now(),
      TIMER_LIMIT,
    );
    const entries = await this.ports.stream.read({
      after: new Map(Array.from(this.owned, ([partition, { offset }]) => [partition, offset])),
      limit: READ_LIMIT,
      waitMs: due.length > 0 ? 0 : this.waitMs(nextDueAt),
      signal,
    });
    // All of them end before the next turn begins, whatever becomes of one: a writer handles one inbox at a time.
    const handled = await Promise.allSettled(
      Array.from(this.inboxes(entries, due), ([partition, inbox]) => this.handle(partition, inbox)),
    );
    for (const result of handled) if (result.status === 'rejected') throw result.reason;
  }

  private waitMs(nextDueAt: number | undefined): number {
    const now = this.ports.clock.now();
    const acquireAt = this.owned.size < this.share ? this.acquireAt : Infinity;
    return Math.max(0, Math.min(MAX_WAIT_MS, Math.min(this.renewAt, acquireAt, nextDueAt ?? Infinity) - now));
  }

  private async handle(partition: number, inbox: Inbox): Promise<void> {
    const owned = this.owned.get(partition);
    if (owned === undefined) return;
    try {
      const result = await owned.writer.handle(inbox);
      if (result === 'fenced') this.owned.delete(partition);
      else owned.offset = inbox.offset ?? owned.offset;
    } catch (error) {
      this.ports.log.error('a turn failed and is done again', { partition, err: error });
      await this.adopt(owned.writer.lease);
      throw error;
    }
  }

  private inboxes(entries: readonly InboundEntry[], due: readonly Timer[]): ReadonlyMap<number, Inbox> {
    const inboxes = new Map<number, { commands: Command[]; offset: Offset | undefined; timers: Timer[] }>();
    const inboxOf = (partition: number) => {
      const inbox = inboxes.get(partition) ?? { commands: [], offset: undefined, timers: [] };
      inboxes.set(partition, inbox);
      return inbox;
    };
    for (const timer of due)
      inboxOf(partitionOf(timer.executionId, this.options.partitions)).timers.push(timer);
    for (const { partition, offset, commands } of entries) {
      const inbox = inboxOf(partition);
      for (const command of commands) inbox.commands.push(command);
      inbox.offset = offset;
    }
    return inboxes;
  }

  private async keepLeases(): Promise<void> {
    const now = this.ports.clock.now();
    if (now >= this.renewAt) {
      this.renewAt = now + this.options.leaseMs / 3;
      await this.renewLeases();
      await this.takeShare();
    }
    if (this.owned.size < this.share && now >= this.acquireAt) {
      this.acquireAt = now + ACQUIRE_EVERY_MS;
      await this.acquireLeases();
    }
  }

  private async renewLeases(): Promise<void> {
    const { owner, leaseMs } = this.options;
    const kept = new Set(
      (await this.ports.leases.renew(this.leases(), owner, leaseMs)).map((l) => l.partition),
    );
    for (const partition of this.owned.keys()) if (!kept.has(partition)) this.owned.delete(partition);
  }

  /** Every living orchestrator gets an even share; what is over it is handed over. */
  private async takeShare(): Promise<void> {
    const { owner, leaseMs, partitions } = this.options;
    const living = await this.ports.leases.announce(owner, leaseMs);
    this.share = Math.ceil(partitions / living.length);
    const surplus = this.leases().slice(this.share);
    if (surplus.length === 0) return;
    for (const { partition } of surplus) this.owned.delete(partition);
    await this.ports.leases.release(surplus, owner);
  }

  private async acquireLeases(): Promise<void> {
    const { owner, leaseMs, partitions } = this.options;
    for (let partition = 0; partition < partitions && this.owned.size < this.share; partition++) {
      if (this.owned.has(partition)) continue;
      const lease = await this.ports.leases.acquire(partition, owner, leaseMs);
      if (lease !== undefined) await this.adopt(lease);
    }
  }

  /** Begins, or begins again, with what the store knows of a partition. */
  private async adopt(lease: PartitionLease): Promise<void> {
    this.owned.delete(lease.partition);
    const offset = await this.ports.store.offset(lease.partition);
    const writer = new PartitionWriter(lease, this.workflows, this.ports);
    this.owned.set(lease.partition, { writer, offset });
  }

  private leases(): PartitionLease[] {
    return Array.from(this.owned.values(), ({ writer }) => writer.lease);
  }
}
