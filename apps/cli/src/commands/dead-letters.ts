import { clipped, harmless, paintStatus } from '../paint';
import { hint, print, printJson, type Session, table } from '../session';
import { EXIT, Failure } from '../terminal';
import { ago } from '../times';
import { oneByOne } from './one-by-one';

export async function listDeadLetters(
  session: Session,
  options: { readonly limit: number },
): Promise<number> {
  const { client, terminal, json } = session;
  const { items, next_cursor: next } = await client.deadLetters
    .list({ signal: terminal.signal })
    .page({ limit: options.limit });
  if (json) {
    printJson(session, items);
    return EXIT.ok;
  }
  if (items.length === 0) {
    hint(session, 'No dead letters: nothing has failed for good.');
    return EXIT.ok;
  }
  const now = Date.now();
  const rows = items.map(({ id, name, node_id: node, handler, error, attempts, created_at: at }) => {
    const what = clipped(harmless(`${error.code}: ${error.message}`).replaceAll('\n', ' '), 60);
    return [id, clipped(harmless(name), 30), `${node} (${handler})`, what, String(attempts), ago(at, now)];
  });
  print(session, table([['DEAD LETTER', 'WORKFLOW', 'NODE', 'ERROR', 'ATTEMPTS', 'SINCE'], ...rows]));
  hint(
    session,
    'Look at one: wfe dlq show ID   try it again: wfe dlq retry ID   let it be: wfe dlq discard ID',
  );
  if (next !== null) hint(session, `There are more: --limit ${options.limit * 2}`);
  return EXIT.ok;
}

/** The letter and the whole story of its node. */
export async function showDeadLetter(session: Session, id: string): Promise<number> {
  const { client, terminal, json, paint } = session;
  const { signal } = terminal;
  const letter = await client.deadLetters.get(id, { signal });
  const node = await client.node(letter.execution_id, letter.node_id, { signal });
  if (json) {
    printJson(session, { ...letter, node });
    return EXIT.ok;
  }
  const attempts = node.attempts.map(({ attempt, worker, started_at: at, error }) => [
    `  ${attempt}`,
    at ?? '',
    worker ?? '',
    harmless(error === null ? '' : `${error.code}: ${error.message}`),
  ]);
  const logs = node.attempts.flatMap((each) => each.logs);
  print(
    session,
    [
      `${paint('bold', letter.node_id)} (${letter.handler}) of ${harmless(letter.name)}, execution ${letter.execution_id}`,
      paint('red', harmless(`${letter.error.code}: ${letter.error.message}`)),
      'config:',
      JSON.stringify(node.config, null, 2),
      'attempts:',
      table(attempts),
      ...(logs.length === 0
        ? []
        : ['logs:', ...logs.map((line) => harmless(`  ${line.at} ${line.level} ${line.message}`))]),
    ].join('\n'),
  );
  hint(session, `Try it again: wfe dlq retry ${id}   let it be: wfe dlq discard ${id}`);
  return EXIT.ok;
}

export async function retryDeadLetters(
  session: Session,
  ids: readonly string[],
  all: boolean,
): Promise<number> {
  const { client, terminal, json, paint } = session;
  return oneByOne(terminal, await chosen(session, ids, all), async (id) => {
    const state = await client.deadLetters.retry(id, { signal: terminal.signal });
    if (json) printJson(session, state);
    else print(session, `${paintStatus(paint, state.status)} ${state.execution_id}`);
  });
}

export async function discardDeadLetters(session: Session, ids: readonly string[]): Promise<number> {
  const { client, terminal, json } = session;
  return oneByOne(terminal, ids, async (id) => {
    await client.deadLetters.discard(id, { signal: terminal.signal });
    if (!json) print(session, `discarded ${id}`);
  });
}

async function chosen(session: Session, ids: readonly string[], all: boolean): Promise<readonly string[]> {
  if (all === ids.length > 0) {
    throw new Failure('Say which: ids, or --all.', 'wfe dlq retry ID ...   or   wfe dlq retry --all');
  }
  if (!all) return ids;
  // Listed first: those that fail again at once come back under new ids.
  const found: string[] = [];
  for await (const letter of session.client.deadLetters.list({ signal: session.terminal.signal }))
    found.push(letter.id);
  if (found.length === 0) hint(session, 'No dead letters: nothing has failed for good.');
  return found;
}
