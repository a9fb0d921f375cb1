import { writeFile } from 'node:fs/promises';

import { checkOffline } from '../check/offline';
import { readChecked, refusal } from '../check/source-file';
import { tell } from '../failure-report';
import { type OutlineNode, outlineOf } from '../graph/outline';
import { toSvg } from '../graph/svg';
import { toDot, toMermaid } from '../graph/text-formats';
import { readSource } from '../input';
import { hint, print, printJson, type Session } from '../session';
import { EXIT, Failure } from '../terminal';

/** Checks files as the engine would; all of them, so that one run shows everything there is to mend. */
export async function validate(
  session: Session,
  files: readonly string[],
  options: { readonly remote?: boolean },
): Promise<number> {
  const { client, terminal } = session;
  let worst: number = EXIT.ok;
  for (const file of files) {
    try {
      const text = await readSource(file, terminal);
      const document = readChecked(session, file, text);
      const check =
        options.remote === true
          ? await client.definitions.validate(document, { signal: terminal.signal })
          : await checkOffline(document);
      if (!check.valid) {
        throw refusal(session, file, text, check.errors);
      } else if (session.json) {
        printJson(session, { valid: true, file, node_count: check.node_count, edge_count: check.edge_count });
      } else {
        const [nodes, edges] = [counted(check.node_count, 'node'), counted(check.edge_count, 'dependency')];
        print(session, `${session.paint('green', '✓')} ${file}: ${nodes}, ${edges}`);
      }
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      // What cannot be read keeps the other files as little from their turn as what is faulty.
      if (error.exitCode === EXIT.no) hint(session, error.message);
      else tell(terminal, error);
      worst = Math.max(worst, error.exitCode);
    }
  }
  return worst;
}

function counted(count: number, what: 'node' | 'dependency'): string {
  if (count === 1) return `1 ${what}`;
  return what === 'node' ? `${count} nodes` : `${count} dependencies`;
}

const formats = {
  mermaid: (_name: string, nodes: readonly OutlineNode[]) => toMermaid(nodes),
  dot: toDot,
  svg: toSvg,
};
export const GRAPH_FORMATS = Object.keys(formats) as readonly (keyof typeof formats)[];

export interface GraphOptions {
  readonly format: keyof typeof formats;
  readonly output?: string;
  readonly execution?: string;
}

/** Draws a file, or an execution with the status of its nodes. */
export async function graph(
  session: Session,
  file: string | undefined,
  options: GraphOptions,
): Promise<number> {
  const { terminal } = session;
  if ((file === undefined) === (options.execution === undefined)) {
    throw new Failure(
      'Say what to draw: a file, or an execution.',
      'wfe graph FILE   or   wfe graph --execution ID',
    );
  }
  const { name, nodes } =
    file === undefined
      ? await executionOutline(session, options.execution ?? '')
      : await fileOutline(session, file);
  const picture = formats[options.format](name, nodes);
  if (options.output === undefined) {
    terminal.out.write(picture);
    return EXIT.ok;
  }
  try {
    await writeFile(options.output, picture);
  } catch (error) {
    throw unwritable(options.output, error as NodeJS.ErrnoException);
  }
  return EXIT.ok;
}

function unwritable(file: string, { code = '' }: NodeJS.ErrnoException): Failure {
  if (code === 'EISDIR')
    return new Failure(`${file} is a folder.`, `Name a file in it:  -o ${file}/graph.svg`);
  if (code === 'ENOENT')
    return new Failure(`${file} is in no folder that exists.`, 'Make it, or name another.');
  return new Failure(`${file} cannot be written (${code}).`, 'Check its permissions, or name another file.');
}

async function fileOutline(session: Session, file: string) {
  const text = await readSource(file, session.terminal);
  const document = readChecked(session, file, text);
  const check = await checkOffline(document);
  // Handlers of one's own are drawn as well as others.
  const faults = check.valid ? [] : check.errors.filter(({ code }) => code !== 'UNKNOWN_HANDLER');
  if (faults.length > 0) throw refusal(session, file, text, faults);
  return { name: String((document as { readonly name?: unknown }).name), nodes: outlineOf(document) };
}

async function executionOutline({ client, terminal: { signal } }: Session, id: string) {
  const { name, version, node_statuses: statuses } = await client.status(id, { signal });
  const { definition } = await client.definitions.get(name, { version, signal });
  return { name, nodes: outlineOf(definition, statuses) };
}
