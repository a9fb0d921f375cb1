import { ProblemError, type WorkflowClient } from '@workflow-engine/client';
import type { DefinitionDocument, ExecutionResults, SubmittedExecution } from '@workflow-engine/contracts';

import { readChecked, refusal } from '../check/source-file';
import { readInput, readSource } from '../input';
import { harmless, paintFor, paintStatus } from '../paint';
import { hint, print, printJson, type Session } from '../session';
import { EXIT, Failure } from '../terminal';
import { watch } from '../watch/watch';

export interface RunOptions {
  readonly input?: string;
  readonly watch?: boolean;
  readonly detach?: boolean;
}

/** Registers the file, starts an execution of it, and waits for its end. */
export async function run(session: Session, file: string, options: RunOptions): Promise<number> {
  const { terminal, client, patient, json } = session;
  if (file === '-' && options.input === '-') {
    throw new Failure(
      'Standard input holds the file or the input, not both.',
      'Put one of them in a file:  wfe run FILE --input -',
    );
  }
  const input = await readInput(options.input, terminal);
  const { name, version } = await sendFile(session, file, (document, { definitions }) =>
    definitions.register(document, { signal: terminal.signal }),
  );
  const started = await client.start(name, { version, ...(input && { input }), signal: terminal.signal });
  const id = started.execution_id;
  if (options.detach === true) {
    if (json) printJson(session, started);
    else print(session, id);
    hint(session, `Watch it: wfe status ${id} --watch`);
    return EXIT.ok;
  }
  try {
    if (options.watch === true) await watch(session, id);
    return report(session, await patient.wait(id, { signal: terminal.signal }), options.watch === true);
  } catch (error) {
    if (!terminal.signal.aborted) throw error;
    throw new Failure(
      `The execution ${id} goes on without you.`,
      `Watch it again:  wfe status ${id} --watch\nStop it:         wfe cancel ${id}`,
      EXIT.interrupted,
    );
  }
}

export async function submit(session: Session, file: string): Promise<number> {
  const { signal } = session.terminal;
  const submitted = await sendFile<SubmittedExecution>(session, file, (document, client) =>
    client.submit(document, { signal }),
  );
  if (session.json) printJson(session, submitted);
  else print(session, submitted.execution_id);
  hint(session, `It waits for its trigger: wfe trigger ${submitted.execution_id}`);
  return EXIT.ok;
}

export async function trigger(
  session: Session,
  id: string,
  options: { readonly input?: string },
): Promise<number> {
  const { terminal, client, json } = session;
  const input = await readInput(options.input, terminal);
  const triggered = await client.trigger(id, input, { signal: terminal.signal });
  if (json) printJson(session, triggered);
  else print(session, `${paintStatus(session.paint, triggered.status)} ${triggered.execution_id}`);
  hint(session, `Watch it: wfe status ${id} --watch`);
  return EXIT.ok;
}

/** Output to stdout, what went wrong to stderr. */
export function report(session: Session, results: ExecutionResults, wasWatched: boolean): number {
  const { terminal, json } = session;
  const isCompleted = results.status === 'COMPLETED';
  if (json && wasWatched) terminal.out.write(`${JSON.stringify(results)}\n`);
  else if (json) printJson(session, results);
  else if (isCompleted) printJson(session, results.output);
  if (isCompleted) return EXIT.ok;
  const { error, execution_id: id, status } = results;
  const why = error === undefined ? '' : `: ${error.code}: ${error.message}`;
  const paint = paintFor(terminal.err, terminal);
  if (!json) terminal.err.write(`${paintStatus(paint, status)}${harmless(why)}\n`);
  const next = [
    ...(error?.node_id === undefined
      ? []
      : [`What it wrote:          wfe logs ${id} --node ${error.node_id}`]),
    `Try again from there:   wfe retry ${id}`,
  ];
  hint(session, next.join('\n'));
  return EXIT.no;
}

/** Faults that the engine finds are shown at their place in the file. */
async function sendFile<T extends DefinitionDocument | SubmittedExecution>(
  session: Session,
  file: string,
  send: (document: object, client: WorkflowClient) => Promise<T>,
): Promise<T> {
  const text = await readSource(file, session.terminal);
  const document = readChecked(session, file, text);
  try {
    return await send(document, session.client);
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code !== 'INVALID_DEFINITION') throw error;
    throw refusal(session, file, text, error.faults);
  }
}
