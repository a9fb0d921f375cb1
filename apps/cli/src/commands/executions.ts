import type { ExecutionState, ExecutionStatus } from '@workflow-engine/contracts';

import { harmless, paintMark, paintStatus } from '../paint';
import { hint, print, printJson, type Session, table } from '../session';
import { EXIT, Failure } from '../terminal';
import { ago, between, since } from '../times';
import { watch } from '../watch/watch';
import { oneByOne } from './one-by-one';
import { report } from './run';

export async function status(
  session: Session,
  id: string,
  options: { readonly watch?: boolean },
): Promise<number> {
  const { client, patient, terminal, json } = session;
  const { signal } = terminal;
  if (options.watch === true) {
    await watch(session, id);
    return report(session, await patient.wait(id, { signal }), true);
  }
  const state = await client.status(id, { signal });
  if (json) printJson(session, state);
  else print(session, described(session, state));
  return EXIT.ok;
}

function described({ paint }: Session, state: ExecutionState): string {
  const { finished, total, percent } = state.progress;
  const time = between(state.started_at, state.finished_at, Date.now());
  const error = state.error;
  const nodes = Object.entries(state.node_statuses).map(([node, each]) => [
    `  ${paintMark(paint, each)} ${node}`,
    paint('dim', each),
  ]);
  return [
    `${paintStatus(paint, state.status)} ${paint('bold', harmless(state.name))} v${state.version}  ${finished}/${total} nodes, ${percent} %  ${time}`.trimEnd(),
    paint('dim', state.execution_id),
    ...(error === undefined ? [] : [paint('red', harmless(`${error.code}: ${error.message}`))]),
    table(nodes),
  ].join('\n');
}

export interface ListOptions {
  readonly status?: readonly ExecutionStatus[];
  readonly name?: string;
  readonly label?: readonly string[];
  readonly since?: string;
  readonly limit: number;
}

export async function list(session: Session, options: ListOptions): Promise<number> {
  const { client, terminal, json, paint } = session;
  const now = Date.now();
  const found = client.executions({
    ...(options.status && { status: options.status }),
    ...(options.name !== undefined && { name: options.name }),
    ...(options.label && { labels: Object.fromEntries(options.label.map(labelOf)) }),
    ...(options.since !== undefined && { since: since(options.since, now) }),
    signal: terminal.signal,
  });
  const { items, next_cursor: next } = await found.page({ limit: options.limit });
  if (json) {
    printJson(session, items);
    return EXIT.ok;
  }
  if (items.length === 0) {
    hint(session, 'No executions. Start one: wfe run FILE');
    return EXIT.ok;
  }
  const rows = items.map((item) => [
    item.execution_id,
    paintStatus(paint, item.status),
    harmless(`${item.name} v${item.version}`),
    ago(item.created_at, now),
    between(item.started_at, item.finished_at, now),
  ]);
  print(session, table([['EXECUTION', 'STATUS', 'WORKFLOW', 'CREATED', 'TOOK'], ...rows]));
  if (next !== null) hint(session, `There are more: --limit ${options.limit * 2}`);
  return EXIT.ok;
}

function labelOf(text: string): readonly [string, string] {
  const at = text.search(/[=:]/);
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new Failure(`"${text}" is no label.`, 'Labels look like this: team=sales');
}

export async function results(
  session: Session,
  id: string,
  options: { readonly node?: string },
): Promise<number> {
  const { client, terminal, json } = session;
  const found = await client.results(id, { signal: terminal.signal });
  const { node } = options;
  if (node !== undefined && !(node in found.outputs)) {
    const known = Object.keys(found.outputs).join(', ');
    throw new Failure(
      `The node "${node}" has no output.`,
      known === '' ? `See: wfe status ${id}` : `These have: ${known}`,
    );
  }
  const isCompleted = found.status === 'COMPLETED';
  if (node !== undefined) printJson(session, found.outputs[node]);
  else if (json) printJson(session, found);
  else if (isCompleted) printJson(session, found.output);
  if (!isCompleted) hint(session, `It is ${found.status}: wfe status ${id}`);
  // A node that has ended has its output, whatever became of the execution.
  return isCompleted || node !== undefined ? EXIT.ok : EXIT.no;
}

const levels = { debug: 'dim', info: 'blue', warn: 'yellow', error: 'red' } as const;

export async function logs(
  session: Session,
  id: string,
  options: { readonly node?: string; readonly follow?: boolean },
): Promise<number> {
  const { client, patient, terminal, json, paint } = session;
  const { signal } = terminal;
  let count = 0;
  // Whoever is not there has no logs either; that is to be told apart.
  await (options.node === undefined
    ? client.status(id, { signal })
    : client.node(id, options.node, { signal }));
  for await (const entry of patient.logs(id, {
    ...(options.node !== undefined && { nodeId: options.node }),
    ...(options.follow === true && { follow: true }),
    signal,
  })) {
    count++;
    if (json) {
      terminal.out.write(`${JSON.stringify(entry)}\n`);
      continue;
    }
    const source = paint('dim', `${entry.at} ${entry.node_id}#${entry.attempt}`);
    print(session, `${source} ${paint(levels[entry.level], entry.level)} ${harmless(entry.message)}`);
  }
  if (count === 0)
    hint(session, 'Its handlers have written nothing so far; lines arrive when an attempt ends.');
  return EXIT.ok;
}

export async function rerun(
  session: Session,
  id: string,
  options: { readonly from: string },
): Promise<number> {
  const { client, terminal, json, paint } = session;
  const state = await client.rerun(id, options.from, { signal: terminal.signal });
  if (json) printJson(session, state);
  else print(session, `${paintStatus(paint, state.status)} ${id}`);
  hint(session, `Watch it: wfe status ${id} --watch`);
  return EXIT.ok;
}

export type Change = 'cancel' | 'pause' | 'resume' | 'retry';

export async function change(
  session: Session,
  verb: Change,
  ids: readonly string[],
  options: { readonly reason?: string } = {},
): Promise<number> {
  const { client, terminal, json, paint } = session;
  const { signal } = terminal;
  return oneByOne(terminal, ids, async (id) => {
    const state =
      verb === 'cancel'
        ? await client.cancel(id, { ...(options.reason !== undefined && { reason: options.reason }), signal })
        : await client[verb](id, { signal });
    if (json) printJson(session, state);
    else print(session, `${paintStatus(paint, state.status)} ${id}`);
  });
}
