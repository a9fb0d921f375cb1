import { canonicalJson, durationMs } from '@workflow-engine/dag';
import type { Duration, Json, JsonObject, NodeDefinition } from '@workflow-engine/dag';

import type { JournalEvent } from '../../src/decider/events';
import { UNCERTAIN } from '../../src/decider/park';
import type { ExecutionRecord } from '../../src/ports/execution-repository';
import { JournalFold } from '../journal-fold';
import { expectedEnd } from '../oracle';
import type { Given, NodeEnd } from '../oracle';
import { TOKEN } from '../scenarios';
import type { Clients, Request, Start } from './clients';
import { attemptKey } from './ledger';
import type { Claim, Loss, Run } from './ledger';
import type { RandomWorkflow } from './random-workflow';
import type { World } from './world';

/** Compares what was promised with what has become of it, after everything has come to rest. */
export class Verdict {
  readonly faults: string[] = [];
  executions = 0;
  completed = 0;
  private readonly runs = new Map<string, Run[]>();
  private readonly claims = new Map<string, Claim[]>();

  constructor(
    private readonly world: World,
    private readonly clients: Clients,
  ) {
    const { ledger } = world;
    this.faults.push(...ledger.faults);
    for (const run of ledger.runs) group(this.runs, run);
    for (const claim of ledger.claims) group(this.claims, claim);
    for (const { executionId, nodeId, idempotencyKey } of ledger.runs)
      if (idempotencyKey !== `${executionId}:${nodeId}`)
        this.faults.push(`${nodeId} was given the key ${idempotencyKey}`);
  }

  async judge(): Promise<readonly string[]> {
    const { executions } = this.world;
    const letters = new Map<string, string>();
    const open = await this.world.deadLetters.list({ limit: 1000 });
    for (const { id, executionId, nodeId } of open.items) {
      if (letters.has(executionId)) this.faults.push(`${executionId} has more than one dead letter`);
      letters.set(executionId, nodeId);
      if ((await executions.find(executionId))?.status !== 'FAILED')
        this.faults.push(`the dead letter ${id} belongs to an execution that did not fail`);
    }
    const { items } = await executions.search({}, { limit: 1000 });
    for (const request of this.clients.requests) {
      const found = items.filter(({ name }) => name === request.workflow.definition.name);
      await this.judgeRequest(request, found, letters);
    }
    return this.faults;
  }

  /** Each start was accepted once, if at all, and ran once. */
  private async judgeRequest(
    { workflow, starts }: Request,
    found: readonly ExecutionRecord[],
    letters: ReadonlyMap<string, string>,
  ): Promise<void> {
    for (const { accepted } of starts)
      if (accepted.size > 1) this.faults.push(`accepted more than once: ${[...accepted].join()}`);
    const ran = new Map<Start, string>();
    for (const record of found) {
      const { id, status, startedAt } = record;
      if (status === 'CANCELLED' && this.clients.firstAsked('cancel', id) === Infinity)
        this.faults.push(`${id} was cancelled by nobody`);
      if (status === 'PENDING' || startedAt === null) continue;
      const events = await this.world.executions.journal(id, 0);
      const start = starts.find(({ input }) => canonicalJson(input) === canonicalJson(inputIn(events)));
      if (start === undefined) this.faults.push(`${id} ran with an input that nobody gave it`);
      else if (ran.has(start)) this.faults.push(`${id} ran as well as ${ran.get(start) ?? ''}`);
      else ran.set(start, id);
      await this.judgeExecution(record, workflow, events, letters.get(id));
    }
    for (const start of starts)
      for (const id of start.accepted)
        if (ran.get(start) !== id) this.faults.push(`${id} was accepted and never ran`);
  }

  private async judgeExecution(
    record: ExecutionRecord,
    workflow: RandomWorkflow,
    events: readonly JournalEvent[],
    letter: string | undefined,
  ): Promise<void> {
    this.executions += 1;
    const fold = new JournalFold(workflow.definition, events, this.world.clocksApartMs);
    const expect = (what: string, found: unknown, expected: unknown): void => {
      if (canonicalJson((found ?? null) as Json) === canonicalJson((expected ?? null) as Json)) return;
      this.faults.push(`${record.id}: ${what} is ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`);
    };
    if (fold.status === 'COMPLETED') this.completed += 1;
    this.faults.push(...fold.faults.map((fault) => `${record.id}: ${fault}`));
    this.judgeWishes(record.id, events);
    if (JSON.stringify(events).includes(TOKEN)) this.faults.push(`${record.id}: a secret is in the journal`);
    expect('the labels', record.labels, workflow.definition.labels ?? {});
    expect('the recorded status', record.status, fold.status);
    expect('the recorded error', record.error, fold.error);
    expect('the recorded end', record.finishedAt, fold.finishedAt);
    if (letter !== undefined || this.clients.firstAsked('discard', record.id) === Infinity)
      expect('the dead letter', letter, fold.deadLetterOf);
    const given = {
      input: inputIn(events),
      labels: { ...workflow.definition.labels },
      id: record.id,
      startedAt: events[0]?.at ?? '',
      token: TOKEN,
    };
    this.judgeResults(workflow, given, fold, expect);
    for (const { definition } of fold.nodes.values()) this.judgeEffects(record.id, definition, events);
    await this.judgeViews(record.id, fold, expect);
  }

  /** What only people decide has been decided by one of them. */
  private judgeWishes(executionId: string, events: readonly JournalEvent[]): void {
    for (const event of events) {
      const wishes = WISHES[event.type];
      if (wishes === undefined) continue;
      const asked = Math.min(...wishes.map((wish) => this.clients.firstAsked(wish, executionId)));
      if (this.world.ledger.writtenAt(executionId, event) < asked || asked === Infinity)
        this.faults.push(`${executionId}: ${event.seq}: ${event.type} before anybody has asked for it`);
    }
  }

  /** From nothing but the outcomes of its tasks it can be told what must become of everything else. */
  private judgeResults(
    { plan, output: chosen }: RandomWorkflow,
    given: Given,
    fold: JournalFold,
    expect: Expect,
  ): void {
    const recorded = (id: string): Omit<NodeEnd, 'output'> => {
      const { status = 'PENDING', attempt = 0, attemptsBefore = 0 } = fold.nodes.get(id) ?? {};
      const isEnd = status === 'COMPLETED' || status === 'FAILED' || status === 'TIMED_OUT';
      // Its templates can be resolved, so it does not fail before it is scheduled.
      if (attempt === attemptsBefore) return { status: 'NEVER', attempts: attempt };
      return { status: isEnd ? status : 'NEVER', attempts: attempt };
    };
    const expected = expectedEnd(plan, given, chosen, ({ id }) => recorded(id));
    for (const [index, { id }] of plan.entries()) {
      const { status, output } = fold.nodes.get(id) ?? {};
      if (status === 'CANCELLED') continue;
      const end = expected.nodes[index];
      expect(`the status of ${id}`, status, end?.status);
      expect(`the output of ${id}`, output, end?.output);
    }
    if (fold.status !== 'COMPLETED' && fold.status !== 'FAILED') return;
    expect('the status', fold.status, expected.status);
    if (fold.status === 'COMPLETED') expect('the output', fold.output, expected.output);
  }

  /** Whatever a handler did is known to the journal, unless it was forgotten in a loss. */
  private judgeEffects(
    executionId: string,
    definition: NodeDefinition,
    events: readonly JournalEvent[],
  ): void {
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

  /** What people see is what the journal says. */
  private async judgeViews(id: string, fold: JournalFold, expect: Expect): Promise<void> {
    const api = this.world.localApi();
    const [view, results] = await Promise.all([api.status(id), api.results(id)]);
    expect('the status in the view', view.status, fold.status);
    expect('the output in the view', results.output, fold.output);
    const statuses = Array.from(fold.nodes, ([node, { status }]) => [node, status] as const);
    expect('the nodes in the view', Object.fromEntries(view.nodeStatuses), Object.fromEntries(statuses));
    const outputs = Array.from(fold.nodes, ([node, { output }]) => [node, output] as const).filter(
      ([, output]) => output !== undefined,
    );
    expect('the outputs in the view', Object.fromEntries(results.outputs), Object.fromEntries(outputs));
  }
}

function inputIn([first]: readonly JournalEvent[]): JsonObject {
  return first?.type === 'ExecutionStarted' ? (first.input as JsonObject) : {};
}

/** What its handler is to be given. */
function revealed({ config, secrets }: Extract<JournalEvent, { readonly type: 'NodeScheduled' }>): Json {
  return { ...(config as JsonObject), ...(secrets !== undefined && { token: TOKEN }) };
}

type Expect = (what: string, found: unknown, expected: unknown) => void;

type AttemptFailed = Extract<JournalEvent, { readonly type: 'RetryScheduled' | 'NodeFailed' }>;

const WISHES: Partial<Record<JournalEvent['type'], readonly string[]>> = {
  ExecutionPaused: ['pause'],
  ExecutionResumed: ['resume'],
  ExecutionRetried: ['retry', 'rerun', 'retry letter'],
  ExecutionCancelled: ['cancel'],
};

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
