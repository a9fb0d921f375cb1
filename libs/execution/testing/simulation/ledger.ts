import type { JsonObject } from '@workflow-engine/dag';

import { TaskFailure } from '../../src/ports/task-handler';
import type { TaskContext, TaskHandler } from '../../src/ports/task-handler';
import type { TaskLost } from '../../src/decider/commands';
import type { JournalEvent } from '../../src/decider/events';
import type { InboundEntry } from '../../src/ports/event-stream';
import type { OutboxSlice } from '../../src/ports/archive-outbox';
import type { CommitBatch } from '../../src/ports/execution-store';
import type { PartitionLease } from '../../src/ports/partition-leases';
import type { ClaimedFollowUp, ClaimedTask, SettledTask, TaskRef } from '../../src/ports/task-queue';
import type { PlannedOutcome } from '../oracle';
import { taskOutput } from '../oracle';
import type { SeededRandom } from '../seeded-random';
import type { Effect } from './network';
import type { SimulatedProcess } from './simulated-process';

/** One time that a handler was called. */
export interface Run extends TaskRef {
  readonly worker: string;
  readonly idempotencyKey: string;
  readonly config: JsonObject;
  /** When the handler was called. */
  readonly at: number;
  /** Undefined while it runs, and for ever when its worker dies. */
  end?: { readonly output: JsonObject } | { readonly code: string };
}

/** A task that was put into the hands of a worker. */
export interface Claim extends TaskRef {
  readonly process: SimulatedProcess;
  readonly at: number;
  /** When the claim was last renewed. */
  heardAt: number;
  readonly delivery: number;
  /** The worker went on with it by itself, before it was dispatched. */
  readonly isFollowUp: boolean;
}

/** Hot data that was lost: what happened since may be unknown to the engine. Epoch milliseconds. */
export interface Loss {
  /** Since when something of an execution was known to the hot store only, by the execution's id. */
  readonly unarchivedSince: ReadonlyMap<string, number>;
  /** So old is what the store came back with. */
  readonly backupAt: number;
  readonly at: number;
}

/** What really happened, written down by the world around the engine, and when by the true time. */
export class Ledger {
  readonly runs: Run[] = [];
  readonly claims: Claim[] = [];
  readonly losses: Loss[] = [];
  /** When tasks were handed back, by `execution:node:attempt`: each may be claimed once more without a word. */
  readonly handedBack = new Map<string, number[]>();
  readonly faults: string[] = [];
  private readonly committed = new Map<string, { readonly by: number; readonly at: number }>();
  private readonly settled = new Set<string>();
  /** When the outcome of an attempt was first reported. */
  private readonly reportedAt = new Map<string, number>();
  private readonly lost = new Set<string>();
  /** Before hot data was lost, too. */
  private readonly everLost = new Set<string>();
  private readonly claimsByReceipt = new Map<string, Claim>();

  constructor(readonly now: () => number) {}

  /** Takes note of what the queue was told and what it said. */
  note({ process, method, args, result }: Effect): void {
    switch (method.split(' ')[0]) {
      case 'store.commit':
        if (result === 'committed') this.noteCommit(args[0] as PartitionLease, args[1] as CommitBatch);
        return;
      case 'tasks.claim':
        for (const { task, receipt } of result as readonly ClaimedTask[])
          this.noteClaim(process, task, receipt, false);
        return;
      case 'tasks.settle':
        for (const { receipt, outcome } of args[1] as readonly SettledTask[]) {
          const attempt = attemptKey(outcome);
          if (!this.reportedAt.has(attempt)) this.reportedAt.set(attempt, this.now());
          const claim = this.claimsByReceipt.get(receipt);
          if (claim === undefined || attemptKey(claim) === attempt) this.settled.add(deliveryKey(claim));
        }
        for (const { followUp, receipt } of result as readonly ClaimedFollowUp[])
          this.noteClaim(process, { ...followUp, delivery: 1 }, receipt, true);
        return;
      case 'tasks.renew': {
        const gone = result as readonly string[];
        for (const receipt of args[1] as readonly string[]) {
          const claim = this.claimsByReceipt.get(receipt);
          if (claim !== undefined && !gone.includes(receipt)) claim.heardAt = this.now();
        }
        return;
      }
      case 'tasks.release':
        for (const receipt of args[1] as readonly string[]) {
          const claim = this.claimsByReceipt.get(receipt);
          const key = claim === undefined ? process.name : attemptKey(claim);
          this.handedBack.set(key, [...(this.handedBack.get(key) ?? []), this.now()]);
          // The same delivery is somebody else's now, whatever is told by this one.
          this.claimsByReceipt.delete(receipt);
        }
        return;
      default:
    }
  }

  /** When the event was written, in epoch milliseconds, whatever its writer's clock said. */
  writtenAt(executionId: string, event: JournalEvent): number {
    return this.committed.get(eventKey(executionId, event))?.at ?? Infinity;
  }

  /** Since when there is something of an execution that is not archived, by its id: of its journal, or an outcome. */
  unarchivedSince(
    journals: readonly OutboxSlice[],
    inbound: readonly InboundEntry[],
  ): Loss['unarchivedSince'] {
    const since = new Map<string, number>();
    const note = (executionId: string, at: number): void => {
      since.set(executionId, Math.min(at, since.get(executionId) ?? Infinity));
    };
    for (const { executionId, section } of journals)
      for (const event of section.events) note(executionId, this.writtenAt(executionId, event));
    for (const { commands } of inbound)
      for (const command of commands)
        if (command.type === 'TaskSucceeded' || command.type === 'TaskFailed')
          note(command.executionId, this.reportedAt.get(attemptKey(command)) ?? this.now());
    return since;
  }

  /** Whether a delivery was ever reported as lost, or handed back after it had begun. */
  wasLost(key: string, delivery: number): boolean {
    return this.everLost.has(`${key}:${delivery}`);
  }

  /** `leaseMs`: for so long nobody can have heard of its worker; not above zero: nobody can tell. */
  noteLost(lost: TaskLost, leaseMs: number): void {
    const key = deliveryKey(lost);
    // A settled task is with nobody any more, so nobody can lose it.
    if (this.settled.has(key) && !this.lost.has(key))
      this.faults.push(`${key} was lost after it had been settled`);
    if (!this.everLost.has(key) && lost.handedBack !== true && leaseMs > 0) this.judgeLapse(key, leaseMs);
    this.lost.add(key);
    this.everLost.add(key);
  }

  /** A task is lost only by a worker that something has happened to, and that was not heard of. */
  private judgeLapse(key: string, leaseMs: number): void {
    const claim = this.claims.findLast((one) => deliveryKey(one) === key);
    // The answer was lost, and the claim with it.
    if (claim === undefined) return;
    const { heardAt, process } = claim;
    // The store came back as it was before.
    if (this.losses.some((loss) => loss.at >= heardAt)) return;
    const silentMs = this.now() - heardAt;
    if (silentMs < leaseMs) this.faults.push(`${key} was taken for lost after ${silentMs} ms`);
    if (process.disturbedUntil < heardAt)
      this.faults.push(`${key} was lost by ${process.name}, which is well`);
  }

  noteLoss(loss: Loss): void {
    this.losses.push(loss);
    // What was claimed before is remembered by a hot store that was rolled back; others get these receipts again.
    for (const [receipt, { at }] of this.claimsByReceipt)
      if (at >= loss.backupAt) this.claimsByReceipt.delete(receipt);
    this.settled.clear();
    this.lost.clear();
  }

  private noteClaim(
    process: SimulatedProcess,
    task: TaskRef & { readonly delivery: number },
    receipt: string,
    isFollowUp: boolean,
  ): void {
    const { executionId, nodeId, attempt, delivery } = task;
    const known = this.claimsByReceipt.get(receipt);
    // It was settled twice, and both times the worker was told how to go on.
    if (known !== undefined && attemptKey(known) === attemptKey(task)) return;
    const at = this.now();
    // A claim that goes over to a follow-up is as old as it was.
    const heardAt = known?.heardAt ?? at;
    const claim = { executionId, nodeId, attempt, delivery, process, at, heardAt, isFollowUp };
    this.claims.push(claim);
    this.claimsByReceipt.set(receipt, claim);
  }

  /** What a writer commits once more is no news; what another one does has taken the place of what was forgotten. */
  private noteCommit({ epoch }: PartitionLease, { journals }: CommitBatch): void {
    for (const { executionId, events } of journals) {
      for (const event of events) {
        const key = eventKey(executionId, event);
        if (this.committed.get(key)?.by !== epoch) this.committed.set(key, { by: epoch, at: this.now() });
      }
    }
  }
}

/** An event that is forgotten in a loss may have another one in its place. */
function eventKey(executionId: string, { seq, at, type }: JournalEvent): string {
  return `${executionId}:${seq}:${at}:${type}`;
}

export function attemptKey({ executionId, nodeId, attempt }: TaskRef): string {
  return `${executionId}:${nodeId}:${attempt}`;
}

function deliveryKey(claim: (TaskRef & { readonly delivery: number }) | undefined): string {
  return claim === undefined ? 'unknown' : `${attemptKey(claim)}:${claim.delivery}`;
}

const BEAT_EVERY_MS = 150;

/** Does what the plan says, in its time, and has it written down. */
export function plannedHandler(
  process: SimulatedProcess,
  ledger: Ledger,
  random: SeededRandom,
  longMs: number,
): TaskHandler {
  const run = async (config: JsonObject, context: TaskContext): Promise<JsonObject> => {
    const { executionId, nodeId, attempt, idempotencyKey } = context;
    const entry: Run = {
      executionId,
      nodeId,
      attempt,
      idempotencyKey,
      config,
      at: ledger.now(),
      worker: process.name,
    };
    ledger.runs.push(entry);
    const outcome = (config.outcomes as readonly PlannedOutcome[])[attempt - 1] ?? 'ok';
    const ms = random.chance(0.1) ? random.between(0, longMs) : random.between(0, 200);
    if (outcome === 'timeout') await process.clock.sleep(Infinity, context.signal);
    else await beating(process, ms, context);
    if (outcome === 'lost') {
      process.kill();
      // A dead process does nothing any more.
      return new Promise(() => undefined);
    }
    if (context.signal.aborted) throw new TaskFailure('ABORTED', 'it was told to stop');
    if (outcome === 'retryable' || outcome === 'fatal') {
      const code = outcome.toUpperCase();
      entry.end = { code };
      throw new TaskFailure(code, 'as planned', { retryable: outcome === 'retryable' });
    }
    const output = taskOutput(config, attempt);
    entry.end = { output };
    return output;
  };
  return { name: 'work', run };
}

async function beating({ clock }: SimulatedProcess, ms: number, context: TaskContext): Promise<void> {
  for (let left = ms; left > 0 && !context.signal.aborted; left -= BEAT_EVERY_MS) {
    await clock.sleep(Math.min(left, BEAT_EVERY_MS), context.signal);
    context.heartbeat();
  }
}
