import type { ExecutionSummary, JournalEvent } from '@workflow-engine/contracts';

import type { EffectUpstream } from '../effect-upstream';
import type { RestClient } from '../rest-client';
import type { Request } from './client-load';
import { unexplainedEffects } from './effect-rules';
import type { Generation } from './generations';
import { journalFaults } from './journal-rules';

export interface Evidence {
  readonly ledger: readonly Request[];
  readonly client: RestClient;
  readonly upstream: EffectUpstream;
  readonly generations: readonly Generation[];
}

export interface Verdict {
  /** One line per broken promise. */
  readonly faults: readonly string[];
  readonly judged: number;
  /** How many executions were taken up again by a later run of the engine. */
  readonly recovered: number;
}

/** Compares what the engine promised to its clients with what it has, after everything has come to rest. */
export async function judge(evidence: Evidence): Promise<Verdict> {
  const faults: string[] = [];
  const executions = await evidence.client.executions();
  const journals = new Map<string, readonly JournalEvent[]>();
  for (const { execution_id } of executions)
    journals.set(execution_id, await evidence.client.journal(execution_id));
  const byToken = groupByToken(journals);
  const known = new Map(executions.map((execution) => [execution.execution_id, execution]));
  let recovered = 0;
  for (const request of evidence.ledger) {
    const started = byToken.get(request.token) ?? [];
    byToken.delete(request.token);
    for (const fault of acceptanceFaults(request, started, known)) faults.push(`${request.token}: ${fault}`);
    for (const id of started) {
      const events = journals.get(id) ?? [];
      if (events.some(({ type }) => type === 'TaskRedelivered')) recovered += 1;
      for (const fault of await outcomeFaults(request, id, events, evidence)) {
        faults.push(`${request.token} (${request.shape.name} ${id}): ${fault}`);
      }
    }
  }
  for (const [token, ids] of byToken) faults.push(`nobody asked for ${token}: ${ids.join(', ')}`);
  for (const fault of await deadLetterFaults(executions, evidence.client)) faults.push(fault);
  return { faults, judged: executions.length, recovered };
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

async function outcomeFaults(
  request: Request,
  id: string,
  events: readonly JournalEvent[],
  { client, upstream, generations }: Evidence,
): Promise<readonly string[]> {
  const { shape, value } = request;
  const nodes = shape.definition.dag.nodes;
  const faults = [...journalFaults(nodes, events)];
  const { status, output } = await client.results(id);
  if (status !== shape.status) faults.push(`is ${status}, not ${shape.status}`);
  const [found, expected] = [JSON.stringify(output), JSON.stringify(shape.output(value))];
  if (found !== expected) faults.push(`has the output ${found}, not ${expected}`);
  for (const node of nodes) {
    const effects = upstream.effectsOf(`${id}:${node.id}`);
    faults.push(...unexplainedEffects(node.id, effects, events, generations));
    const completed = events.some((event) => event.type === 'NodeCompleted' && event.node_id === node.id);
    if (node.handler === 'http' && completed && effects.length === 0)
      faults.push(`${node.id}: no effect at all`);
  }
  return faults;
}

async function deadLetterFaults(
  executions: readonly ExecutionSummary[],
  client: RestClient,
): Promise<readonly string[]> {
  const failed = executions
    .filter(({ status }) => status === 'FAILED')
    .map(({ execution_id }) => execution_id);
  const dead = (await client.deadLetters()).map(({ execution_id }) => execution_id);
  const [expected, found] = [failed.sort().join(), dead.sort().join()];
  return expected === found ? [] : [`failed executions ${expected}, dead letters ${found}`];
}
