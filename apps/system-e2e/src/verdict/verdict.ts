import { isDeepStrictEqual } from 'node:util';

import type { ExecutionSummary, JournalEvent } from '@workflow-engine/contracts';

import type { EffectUpstream } from '../effect-upstream';
import type { Request } from '../load/client-load';
import type { RestClient } from '../rest-client';
import { type Circumstances, unexplainedEffects } from './effect-rules';
import { foldJournal } from './journal-fold';
import { journalFaults } from './journal-rules';

export interface Evidence {
  readonly ledger: readonly Request[];
  /** Where the next question goes. */
  readonly client: () => RestClient;
  readonly upstream: EffectUpstream;
  readonly circumstances?: Circumstances;
  /** Only executions created at or after this (epoch milliseconds); others are not this ledger's. */
  readonly since?: number;
}

export interface Verdict {
  /** One line per broken promise. */
  readonly faults: readonly string[];
  readonly executions: number;
  /** How many executions were accepted and did not come to the right end. */
  readonly lost: number;
  /** How many outcomes were recorded of attempts that had one already. */
  readonly recordedTwice: number;
  /** How many calls were made beyond one per attempt. */
  readonly extraEffects: number;
  /** How many executions had a task that was handed out again. */
  readonly recovered: number;
}

/** Requests at a time. */
const READERS = 16;

/** Compares what the engine promised to its clients with what it has, after everything has come to rest. */
export async function judge(evidence: Evidence): Promise<Verdict> {
  const { client, ledger, since } = evidence;
  const after = since === undefined ? '' : `&since=${new Date(since).toISOString()}`;
  const known = new Map((await client().executions(after)).map((one) => [one.execution_id, one]));
  const journals = new Map<string, readonly JournalEvent[]>();
  await inParallel([...known.keys()], async (id) => void journals.set(id, await client().journal(id)));
  const judge = new Judge(evidence, known, journals);
  await inParallel(ledger, (request) => judge.judge(request));
  await judge.judgeRest();
  return judge.verdict();
}

class Judge {
  private readonly faults: string[] = [];
  private lost = 0;
  private recordedTwice = 0;
  private extraEffects = 0;
  private recovered = 0;
  private readonly byToken: Map<string, string[]>;

  constructor(
    private readonly evidence: Evidence,
    private readonly known: ReadonlyMap<string, ExecutionSummary>,
    private readonly journals: ReadonlyMap<string, readonly JournalEvent[]>,
  ) {
    this.byToken = groupByToken(journals);
  }

  verdict(): Verdict {
    const { faults, lost, recordedTwice, extraEffects, recovered } = this;
    return { faults, executions: this.known.size, lost, recordedTwice, extraEffects, recovered };
  }

  async judge(request: Request): Promise<void> {
    const { token, shape } = request;
    const started = this.byToken.get(token) ?? [];
    this.byToken.delete(token);
    const faults = acceptanceFaults(request, started, this.known);
    this.lost += (request.accepted ?? []).filter((id) => !started.includes(id)).length;
    this.faults.push(...faults.map((fault) => `${token}: ${fault}`));
    for (const id of started) {
      const outcome = await this.outcomeFaults(request, id);
      const others = this.historyFaults(request, id);
      if (outcome.length > 0) this.lost += 1;
      for (const fault of [...outcome, ...others])
        this.faults.push(`${token} (${shape.name} ${id}): ${fault}`);
    }
  }

  async judgeRest(): Promise<void> {
    for (const [token, ids] of this.byToken) this.faults.push(`nobody asked for ${token}: ${ids.join(', ')}`);
    this.faults.push(...(await deadLetterFaults(this.known, this.evidence.client())));
  }

  /** Right is what the shape says; the record, the views and the journal must agree on it. */
  private async outcomeFaults({ shape, value }: Request, id: string): Promise<readonly string[]> {
    const { client } = this.evidence;
    const [state, results] = await Promise.all([client().state(id), client().results(id)]);
    const nodeIds = shape.definition.dag.nodes.map((node) => node.id);
    const folded = foldJournal(nodeIds, this.journalOf(id));
    const [right, recorded] = [shape.output(value), this.known.get(id)?.status];
    const faults: string[] = [];
    const expect = (what: string, found: unknown, expected: unknown): void => {
      if (!isDeepStrictEqual(found, expected))
        faults.push(`${what}: ${shown(found)}, not ${shown(expected)}`);
    };
    expect('has the status', results.status, shape.status);
    if (results.status !== shape.status && state.error !== undefined)
      faults.push(`ended with the error ${shown(state.error)}`);
    expect('has the output', results.output, right);
    expect('is recorded as', recorded, shape.status);
    expect('has the status by its journal', folded.status, shape.status);
    expect('has the output by its journal', folded.output, right);
    expect('has node outputs that its journal has not', results.outputs, folded.outputs);
    expect('has node statuses that its journal has not', { ...state.node_statuses }, folded.nodeStatuses);
    return faults;
  }

  private historyFaults({ shape }: Request, id: string): readonly string[] {
    const { upstream, circumstances = {} } = this.evidence;
    const events = this.journalOf(id);
    const { nodes } = shape.definition.dag;
    const faults = [...journalFaults(nodes, events)];
    this.recordedTwice += repeatedOutcomes(events);
    if (events.some(({ type }) => type === 'TaskRedelivered')) this.recovered += 1;
    const attempts = countByNode(events, 'NodeScheduled');
    const completed = countByNode(events, 'NodeCompleted');
    for (const node of nodes) {
      const effects = upstream.effectsOf(`${id}:${node.id}`);
      faults.push(...unexplainedEffects(node.id, effects, events, circumstances));
      this.extraEffects += Math.max(0, effects.length - (attempts.get(node.id) ?? 0));
      if (node.handler === 'http' && completed.has(node.id) && effects.length === 0)
        faults.push(`${node.id}: no effect at all`);
    }
    return faults;
  }

  private journalOf(id: string): readonly JournalEvent[] {
    return this.journals.get(id) ?? [];
  }
}

/** Executions by the token in their input; those that were never triggered have no journal and no token. */
function groupByToken(journals: ReadonlyMap<string, readonly JournalEvent[]>): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [id, [first]] of journals) {
    if (first === undefined) continue;
    const input = first.type === 'ExecutionStarted' ? (first.input as { readonly token: string }) : undefined;
    const token = input?.token ?? 'a journal without a start';
    groups.set(token, [...(groups.get(token) ?? []), id]);
  }
  return groups;
}

/** Accepted: exactly what was said. Answer lost: all of it or nothing. */
function acceptanceFaults(
  request: Request,
  started: readonly string[],
  known: ReadonlyMap<string, ExecutionSummary>,
): readonly string[] {
  const { accepted, count, submitted } = request;
  if (accepted !== undefined) {
    const [told, found] = [[...accepted].sort().join(), [...started].sort().join()];
    return told === found ? [] : [`accepted as ${told}, found ${found === '' ? 'nothing' : found}`];
  }
  const faults: string[] = [];
  if (started.length !== 0 && started.length !== count)
    faults.push(`${started.length} of ${count} are there`);
  if (submitted !== undefined && !known.has(submitted)) faults.push(`the submitted ${submitted} is gone`);
  if (submitted !== undefined && started.some((id) => id !== submitted))
    faults.push('another one was triggered');
  return faults;
}

function repeatedOutcomes(events: readonly JournalEvent[]): number {
  const outcomes = events.flatMap((event) =>
    event.type === 'NodeCompleted' || event.type === 'NodeFailed' || event.type === 'RetryScheduled'
      ? [`${event.node_id}:${event.attempt}`]
      : [],
  );
  return outcomes.length - new Set(outcomes).size;
}

function countByNode(
  events: readonly JournalEvent[],
  type: 'NodeScheduled' | 'NodeCompleted',
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const event of events)
    if (event.type === type) counts.set(event.node_id, (counts.get(event.node_id) ?? 0) + 1);
  return counts;
}

async function deadLetterFaults(
  known: ReadonlyMap<string, ExecutionSummary>,
  client: RestClient,
): Promise<readonly string[]> {
  const failed = [...known.values()].filter(({ status }) => status === 'FAILED');
  const letters = (await client.deadLetters()).map(({ execution_id: id }) => id);
  const expected = failed.map(({ execution_id: id }) => id).sort();
  const found = letters.filter((id) => known.has(id)).sort();
  return isDeepStrictEqual(expected, found)
    ? []
    : [`failed executions ${expected.join()}, dead letters ${found.join()}`];
}

async function inParallel<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const left = items[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let next = left.next(); next.done !== true; next = left.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: READERS }, worker));
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
