import { canonicalJson } from '@workflow-engine/dag';
import type { Json, JsonObject } from '@workflow-engine/dag';

import type { JournalEvent } from '../../src/decider/events';
import type { ExecutionRecord } from '../../src/ports/execution-repository';
import { JournalFold } from '../journal-fold';
import { expectedEnd } from '../oracle';
import type { NodeEnd } from '../oracle';
import type { Clients, Request } from './clients';
import { attemptKey } from './ledger';
import type { Claim, Run } from './ledger';
import type { World } from './world';

/** Compares what was promised with what has become of it, after everything has come to rest. */
export class Verdict {
  readonly faults: string[] = [];
  executions = 0;
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
      const { workflow, accepted } = request;
      const found = items.filter(({ name }) => name === workflow.definition.name);
      if (accepted.size > 1) this.faults.push(`accepted more than once: ${[...accepted].join()}`);
      const begun = found.filter(({ status, startedAt }) => status !== 'PENDING' && startedAt !== null);
      for (const id of accepted) {
        if (!begun.some((record) => record.id === id)) this.faults.push(`${id} was accepted and never ran`);
      }
      for (const record of begun) await this.judgeExecution(record, request, letters.get(record.id));
      if (begun.length > 1) this.faults.push(`${workflow.definition.name} ran ${begun.length} times`);
    }
    return this.faults;
  }

  private async judgeExecution(
    record: ExecutionRecord,
    request: Request,
    letter: string | undefined,
  ): Promise<void> {
    this.executions += 1;
    const { workflow, input } = request;
    const events = await this.world.executions.journal(record.id, 0);
    const fold = new JournalFold(workflow.definition, events, this.world.clocksApartMs);
    const expect = (what: string, found: unknown, expected: unknown): void => {
      if (canonicalJson((found ?? null) as Json) === canonicalJson((expected ?? null) as Json)) return;
      this.faults.push(`${record.id}: ${what} is ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`);
    };
    this.faults.push(...fold.faults.map((fault) => `${record.id}: ${fault}`));
    const [first] = events;
    expect('the input in the journal', first?.type === 'ExecutionStarted' ? first.input : undefined, input);
    expect('the recorded status', record.status, fold.status);
    expect('the recorded error', record.error, fold.error);
    expect('the recorded end', record.finishedAt, fold.finishedAt);
    if (letter !== undefined || !this.clients.discarded.has(record.id))
      expect('the dead letter', letter, fold.deadLetterOf);
    this.judgeResults(request, fold, expect);
    for (const id of fold.nodes.keys()) this.judgeEffects(record.id, id, events);
    await this.judgeViews(record.id, fold, expect);
  }

  /** From nothing but the outcomes of its tasks it can be told what must become of everything else. */
  private judgeResults({ workflow, input }: Request, fold: JournalFold, expect: Expect): void {
    const { plan } = workflow;
    const recorded = (id: string): Omit<NodeEnd, 'output'> => {
      const { status = 'PENDING', attempt = 0 } = fold.nodes.get(id) ?? {};
      const isEnd = status === 'COMPLETED' || status === 'FAILED' || status === 'TIMED_OUT';
      return { status: isEnd ? status : 'NEVER', attempts: attempt };
    };
    const expected = expectedEnd(plan, input, ({ id }) => recorded(id));
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
  private judgeEffects(executionId: string, nodeId: string, events: readonly JournalEvent[]): void {
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
      this.judgeOutcome(key, runs, about);
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
    const handedBack = ledger.handedBack.get(key) ?? 0;
    let forgotten = 0;
    for (const [index, { at, isFollowUp }] of claims.entries()) {
      if (ledger.losses.some((loss) => at >= loss.from && at <= loss.at)) forgotten += 1;
      const dispatched = dispatches.filter((writtenAt) => writtenAt <= at || isFollowUp).length;
      if (index < dispatched + handedBack + forgotten) continue;
      this.faults.push(
        `${key} was handed out ${index + 1} times, ${dispatched} dispatched, ${handedBack} handed back, ${forgotten} forgotten`,
      );
    }
  }

  /** What is recorded of an attempt is what one of its runs came to. */
  private judgeOutcome(key: string, runs: readonly Run[], about: readonly JournalEvent[]): void {
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
          ({ worker: by, end }) =>
            by === worker &&
            (MADE_BY_WORKER.has(error.code) ||
              (end !== undefined && 'code' in end && end.code === error.code)),
        );
        if (!isTrue) this.faults.push(`${key}: nobody failed with ${error.code} on ${worker}`);
      }
    }
  }

  /** Whoever resolved it, a handler was given what the journal says. */
  private judgeConfigs(key: string, runs: readonly Run[], about: readonly JournalEvent[]): void {
    if (this.world.ledger.losses.length > 0) return;
    const recorded = new Set<string>();
    for (const event of about)
      if (event.type === 'NodeScheduled' && event.config !== undefined)
        recorded.add(canonicalJson(event.config));
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

type Expect = (what: string, found: unknown, expected: unknown) => void;

/** Not the handler says so, but who runs it. */
const MADE_BY_WORKER = new Set(['TIMEOUT', 'HEARTBEAT_TIMEOUT', 'CANCELLED', 'ABORTED']);

function group<T extends Run | Claim>(groups: Map<string, T[]>, item: T): void {
  const key = attemptKey(item);
  const others = groups.get(key);
  if (others === undefined) groups.set(key, [item]);
  else others.push(item);
}
