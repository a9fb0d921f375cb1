import type { ProblemFault } from '@workflow-engine/contracts';
import { JsonSource, type Span, type TextFault } from '@workflow-engine/json-source';

import { clipped, harmless, type Paint } from '../paint';

/** A fault at its place in a file. */
export interface Diagnostic {
  readonly code: string;
  readonly message: string;
  readonly pointer: string;
  /** From 1, as editors count. */
  readonly line: number;
  readonly column: number;
  /** Characters to underline, within the line. */
  readonly width: number;
  readonly source: string;
}

type FaultLike = Pick<ProblemFault, 'code' | 'pointer' | 'message'>;

/** The faults in the order of the file. */
export function locate(text: string, faults: readonly FaultLike[]): Diagnostic[] {
  const source = new JsonSource(text);
  const lines = text.split('\n');
  return faults
    .map((fault) => ({ fault, span: source.findFault(fault) }))
    .sort((a, b) => a.span.from - b.span.from)
    .map(({ fault, span }) => diagnosticAt(text, lines, fault, span));
}

export function locateSyntaxFault(text: string, fault: TextFault): Diagnostic {
  const { message } = fault;
  return diagnosticAt(text, text.split('\n'), { code: 'MALFORMED_JSON', pointer: '', message }, fault);
}

function diagnosticAt(
  text: string,
  lines: readonly string[],
  fault: FaultLike,
  { from, to }: Span,
): Diagnostic {
  const before = text.slice(0, from).split('\n');
  const column = before.at(-1)?.length ?? 0;
  const source = (lines[before.length - 1] ?? '').replace(/\r$/, '');
  const width = Math.min(to - from, source.length - column);
  return { ...fault, line: before.length, column: column + 1, width: Math.max(1, width), source };
}

/** As compilers show it: place, code and message, the line with its neighbours, and a caret. */
export function render(file: string, diagnostic: Diagnostic, paint: Paint, columns: number): string {
  const { code, message, line, column, width, source } = diagnostic;
  const gutter = ' '.repeat(String(line).length);
  // A long line (minified JSON) is shown around its fault.
  const room = Math.max(20, columns - gutter.length - 4);
  const start = column - 1 + width > room ? Math.max(0, column - 1 - Math.floor(room / 3)) : 0;
  const shown = clipped(source.slice(start), room).replaceAll('\t', ' ');
  const caretAt = column - 1 - start;
  const carets = '^'.repeat(Math.max(1, Math.min(width, room - caretAt)));
  return [
    `${paint('bold', `${file}:${line}:${column}`)} ${paint('red', 'error')} ${paint('dim', `[${code}]`)}`,
    `${gutter} ${paint('blue', '│')}`,
    `${paint('blue', `${line} │`)} ${harmless(shown)}`,
    `${gutter} ${paint('blue', '│')} ${' '.repeat(caretAt)}${paint('red', carets)}`,
    `${gutter} ${paint('blue', '=')} ${harmless(message)}`,
    '',
  ].join('\n');
}

export function summary(file: string, count: number): string {
  return `${count} ${count === 1 ? 'fault' : 'faults'} in ${file}.`;
}
