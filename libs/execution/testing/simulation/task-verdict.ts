import { canonicalJson, durationMs } from '@workflow-engine/dag';
import type { Duration, Json, JsonObject, NodeDefinition } from '@workflow-engine/dag';

import type { JournalEvent } from '../../src/decider/events';
import { UNCERTAIN } from '../../src/decider/park';
import { TOKEN } from '../scenarios';
import type { Clients } from './clients';
import { attemptKey } from './ledger';
import type { Claim, Loss, Run } from './ledger';
import type { World } from './world';

/** Compares what was done to the tasks of a node with what the journal says of them. */
export class TaskVerdict {
  private faults: string[] = [];
  private readonly runs = new Map<string, Run[]>();
  private readonly claims = new Map<string, Claim[]>();

  constructor(
    private readonly world: World,
    private readonly clients: Clients,
  ) {
    for (const run of world.ledger.runs) group(this.runs, run);
    for (const claim of world.ledger.claims) group(this.claims, claim);
  }

  /** Whatever a handler did is known to the journal, unless it was forgotten in a loss. */
  judge(executionId: string, definition: NodeDefinition, events: readonly JournalEvent[]): readonly string[] {
    this.faults = [];
    const nodeId = definition.id;
    const attempts = new Set<number>();
    for (const event of events)
      if ('node_id' in event && event.node_id === nodeId && 'attempt' in event) attempts.add(event.attempt);
    const highest = Math.max(0, ...attempts) + 1;
    for (let attempt = 1; attempt <= highest; attempt++) {
      const key = attemptKey({ executionId, nodeId, attempt });
      const [runs, claims] = [this.runs.get(key) ?? [], this.claims.get(key) ?? []];
      const about = events.filter(
        (event) =>
          'node_id' in event && event.node_id === nodeId && 'attempt' in event && event.attempt === attempt,
      );
      if (runs.length > claims.length)
        this.faults.push(`${key} ran ${runs.length} times and was claimed ${claims.length} times`);
      this.judgeClaims(key, executionId, claims, about);
      this.judgeOutcome(key, runs, about, definition);
      this.judgeLosses(key, executionId, about);
      this.judgeConfigs(key, runs, about);
    }
    return this.faults;
  }

  private judgeClaims(
    key: string,
    executionId: string,
    claims: readonly Claim[],
    about: readonly JournalEvent[],
  ): void {
    const { ledger } = this.world;
    const dispatches = about
      .filter(({ type }) => type === 'NodeScheduled' || type === 'TaskRedelivered')
      .map((event) => ledger.writtenAt(executionId, event));
    let forgotten = 0;
    for (const [index, claim] of claims.entries()) {
      const until = this.explainedUntil(claim);
      const dispatched = dispatches.filter((writtenAt) => writtenAt <= until).length;
      const handedBack = (ledger.handedBack.get(key) ?? []).filter((at) => at <= claim.at).length;
      const isExplained = index < dispatched + handedBack + forgotten;
      if (isExplained ? this.mayComeAgain(claim, dispatches) : this.isForgotten(claim)) forgotten += 1;
      else if (!isExplained)
        this.faults.push(
          `${key} was handed out ${index + 1} times, ${dispatched} dispatched, ${handedBack} handed back, ${forgotten} forgotten`,
        );
    }
  }

  /** Dispatches until then are of this call. That of a follow-up comes later, unless a loss comes first. */
  private explainedUntil(claim: Claim): number {
    const { losses } = this.world.ledger;
    if (!claim.isFollowUp) return claim.at;
    return Math.min(Infinity, ...losses.filter((loss) => mayForget(loss, claim)).map(({ at }) => at));
  }

  /** What dispatched the task may have been lost. */
  private isForgotten(claim: Claim): boolean {
    return this.world.ledger.losses.some((loss) => mayForget(loss, claim));
  }

  /** The store forgot the call, whatever the journal says: it came back with the task in its queue. */
  private mayComeAgain(claim: Claim, dispatches: readonly number[]): boolean {
    const wasWaiting = ({ backupAt }: Loss): boolean => dispatches.some((writtenAt) => writtenAt < backupAt);
    return this.world.ledger.losses.some((loss) => isWithin(loss, claim.at) && wasWaiting(loss));
  }

  /** What is recorded of an attempt is what one of its runs came to. */
  private judgeOutcome(
    key: string,
    runs: readonly Run[],
    about: readonly JournalEvent[],
    definition: NodeDefinition,
  ): void {
    for (const event of about) {
      if (event.type === 'NodeCompleted' && event.worker !== undefined) {
        const { worker, output } = event;
        const isTrue = runs.some(
          ({ worker: by, end }) =>
            by === worker &&
            end !== undefined &&
            'output' in end &&
            end.output.n === (output as JsonObject).n,
        );
        if (!isTrue) this.faults.push(`${key}: nobody came to ${JSON.stringify(output)} on ${worker}`);
      }
      if ((event.type === 'RetryScheduled' || event.type === 'NodeFailed') && event.worker !== undefined) {
        const { worker, error } = event;
        const isTrue = runs.some(
          (run) => run.worker === worker && this.cameToFailure(run, event, definition),
        );
        if (!isTrue) this.faults.push(`${key}: nobody failed with ${error.code} on ${worker}`);
      }
    }
  }

  /** Its handler says so, or whoever runs it: when a limit has passed by the true time, or it was told to stop. */
  private cameToFailure(run: Run, event: AttemptFailed, { timeout }: NodeDefinition): boolean {
    const { ledger } = this.world;
    const ranFor = ledger.writtenAt(run.executionId, event) - run.at;
    const hasPassed = (limit: Duration | undefined): boolean =>
      limit !== undefined && ranFor >= durationMs(limit);
    const { code } = event.error;
    const limits = typeof timeout === 'object' ? timeout : undefined;
    if (code === 'TIMEOUT') return hasPassed(limits?.start_to_close);
    if (code === 'HEARTBEAT_TIMEOUT') return hasPassed(limits?.heartbeat);
    // A task is told to stop when its attempt is over, and that is forgotten in a loss only.
    if (code === 'CANCELLED') return ledger.losses.length > 0;
    return run.end !== undefined && 'code' in run.end && run.end.code === code;
  }

  /** The engine is not simply believed that a task was lost, or that somebody has answered. */
  private judgeLosses(key: string, executionId: string, about: readonly JournalEvent[]): void {
    const { ledger } = this.world;
    const isAsked = (what: string): boolean => this.clients.firstAsked(what, executionId) < Infinity;
    let delivery = 0;
    for (const event of about) {
      if (event.type === 'NodeScheduled') delivery = 1;
      // What fails before it is scheduled can be told from the results.
      if (delivery === 0) continue;
      const writtenAt = ledger.writtenAt(executionId, event);
      const evidence = {
        isLost: ledger.wasLost(key, delivery),
        isForgotten: ledger.losses.some(({ at }) => at <= writtenAt),
        isRetried: isAsked('retry letter'),
        isDiscarded: isAsked('discard'),
      };
      if (!isEvident(event, evidence)) this.faults.push(`${key}: ${event.seq}: ${event.type} for no reason`);
      if (event.type === 'TaskRedelivered') delivery = event.delivery;
    }
  }

  /** Whoever resolved it, a handler was given what the journal says. */
  private judgeConfigs(key: string, runs: readonly Run[], about: readonly JournalEvent[]): void {
    if (this.world.ledger.losses.length > 0) return;
    const recorded = new Set<string>();
    for (const event of about)
      if (event.type === 'NodeScheduled' && event.config !== undefined)
        recorded.add(canonicalJson(revealed(event)));
    for (const { config } of runs) {
      if (recorded.size === 0 || recorded.has(canonicalJson(config))) continue;
      this.faults.push(`${key} was run with ${JSON.stringify(config)}, which is not what was scheduled`);
    }
  }
}

/** What its handler is to be given. */
function revealed({ config, secrets }: Extract<JournalEvent, { readonly type: 'NodeScheduled' }>): Json {
  return { ...(config as JsonObject), ...(secrets !== undefined && { token: TOKEN }) };
}

type AttemptFailed = Extract<JournalEvent, { readonly type: 'RetryScheduled' | 'NodeFailed' }>;

interface Evidence {
  /** This delivery was reported as lost, or handed back. */
  readonly isLost: boolean;
  /** Hot data was lost before. */
  readonly isForgotten: boolean;
  /** Somebody wanted the execution's dead letter to be tried again, or discarded. */
  readonly isRetried: boolean;
  readonly isDiscarded: boolean;
}

function isEvident(event: JournalEvent, { isLost, isForgotten, isRetried, isDiscarded }: Evidence): boolean {
  switch (event.type) {
    case 'TaskRedelivered':
      if (event.reason === 'recovered') return isForgotten;
      return event.reason === 'person' ? isRetried : isLost;
    case 'NodeParked':
      return isLost || isForgotten;
    case 'RetryScheduled':
    case 'NodeFailed': {
      const { worker, error } = event;
      // What a worker reports is compared with its runs, and how long a task waited with the journal.
      if (worker !== undefined || error.code === 'SCHEDULE_TO_START_TIMEOUT') return true;
      if (error.code === 'WORKER_LOST') return isLost;
      if (error.code !== UNCERTAIN) return false;
      return error.message.includes('gave it up') ? isDiscarded : isLost || isForgotten;
    }
    default:
      return true;
  }
}

/** What led to the claim is in no archive, and not in the store that came back. */
function mayForget({ unarchivedSince, backupAt, at }: Loss, { executionId, at: time }: Claim): boolean {
  return time <= at && time >= Math.min(backupAt, unarchivedSince.get(executionId) ?? Infinity);
}

/** The store that came back knows nothing of that time. */
function isWithin({ backupAt, at }: Loss, time: number): boolean {
  return time >= backupAt && time <= at;
}

function group<T extends Run | Claim>(groups: Map<string, T[]>, item: T): void {
  const key = attemptKey(item);
  const others = groups.get(key);
  if (others === undefined) groups.set(key, [item]);
  else others.push(item);
}
