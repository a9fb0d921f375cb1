import { canonicalJson } from '@workflow-engine/dag';
import type { Json, JsonObject } from '@workflow-engine/dag';

import type { JournalEvent } from '../../src/decider/events';
import type { ExecutionRecord } from '../../src/ports/execution-repository';
import { JournalFold } from '../journal-fold';
import { expectedEnd } from '../oracle';
import type { Given, NodeEnd } from '../oracle';
import { TOKEN } from '../scenarios';
import type { Clients, Request, Start } from './clients';
import type { RandomWorkflow } from './random-workflow';
import { TaskVerdict } from './task-verdict';
import type { World } from './world';

/** Compares what was promised with what has become of it, after everything has come to rest. */
export class Verdict {
  readonly faults: string[] = [];
  executions = 0;
  completed = 0;
  private readonly tasks: TaskVerdict;

  constructor(
    private readonly world: World,
    private readonly clients: Clients,
  ) {
    const { ledger } = world;
    this.tasks = new TaskVerdict(world, clients);
    this.faults.push(...ledger.faults);
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
    for (const { definition } of fold.nodes.values())
      this.faults.push(...this.tasks.judge(record.id, definition, events));
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

type Expect = (what: string, found: unknown, expected: unknown) => void;

const WISHES: Partial<Record<JournalEvent['type'], readonly string[]>> = {
  ExecutionPaused: ['pause'],
  ExecutionResumed: ['resume'],
  ExecutionRetried: ['retry', 'rerun', 'retry letter'],
  ExecutionCancelled: ['cancel'],
};
