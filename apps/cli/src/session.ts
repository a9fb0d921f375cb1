import { stripVTControlCharacters } from 'node:util';

import { WorkflowClient } from '@workflow-engine/client';

import { harmless, type Paint, paintFor } from './paint';
import { Failure, type Terminal } from './terminal';

/** What every command gets: the terminal, the engine, and how the answer is wanted. */
export interface Session {
  readonly terminal: Terminal;
  readonly client: WorkflowClient;
  /** The same engine, for what may take long: it may restart meanwhile. */
  readonly patient: WorkflowClient;
  /** JSON instead of text for people. */
  readonly json: boolean;
  readonly paint: Paint;
}

/** A person waits: an engine that is not there should be told of within seconds. */
const retry = { maxAttempts: 4, initialDelayMs: 150, maxDelayMs: 10_000 };

export function openSession(
  terminal: Terminal,
  options: { readonly url: string; readonly json?: boolean },
): Session {
  if (!isHttpUrl(options.url)) {
    // What has been left out most likely is the scheme.
    const meant = `http://${options.url}`;
    const isHost = /^[\w.-]+(:\d+)?$/.test(options.url) && isHttpUrl(meant);
    throw new Failure(
      `"${harmless(options.url)}" is no URL.`,
      `Say where the engine is:  --url ${isHost ? meant : 'http://127.0.0.1:8000'}  (or WFE_URL)`,
    );
  }
  return {
    terminal,
    client: new WorkflowClient({ url: options.url, retry }),
    patient: new WorkflowClient({ url: options.url }),
    json: options.json === true,
    paint: paintFor(terminal.out, terminal),
  };
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}

export function printJson({ terminal }: Session, value: unknown): void {
  terminal.out.write(`${JSON.stringify(value, null, 2)}\n`);
}

export function print({ terminal }: Session, text: string): void {
  terminal.out.write(`${text}\n`);
}

/** Advice for a person; not part of the answer. */
export function hint({ terminal, json }: Session, text: string): void {
  if (!json) terminal.err.write(`${paintFor(terminal.err, terminal)('dim', text)}\n`);
}

/** Columns as wide as their widest cell; what is too long for the line is cut at its end. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => visible(row[column] ?? ''))),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - visible(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function visible(text: string): number {
  return stripVTControlCharacters(text).length;
}
