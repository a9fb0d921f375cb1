import type { ProblemFault } from '@workflow-engine/contracts';
import { objectExpected, syntaxFault } from '@workflow-engine/json-source';

import { paintFor } from '../paint';
import type { Session } from '../session';
import { EXIT, Failure } from '../terminal';
import { type Diagnostic, locate, locateSyntaxFault, render, summary } from './diagnostics';

/** The file's JSON object. @throws Failure that shows where it is none */
export function readChecked(session: Session, file: string, text: string): object {
  const fault = syntaxFault(text);
  if (fault !== undefined) throw shown(session, file, [locateSyntaxFault(text, fault)]);
  const document = JSON.parse(text) as unknown;
  if (typeof document === 'object' && document !== null) return document;
  throw refusal(session, file, text, [{ code: 'WRONG_TYPE', pointer: '', message: objectExpected }]);
}

export function refusal(
  session: Session,
  file: string,
  text: string,
  faults: readonly Pick<ProblemFault, 'code' | 'pointer' | 'message'>[],
): Failure {
  return shown(session, file, locate(text, faults));
}

/** Prints the diagnostics; the failure closes them. */
function shown({ terminal, json }: Session, file: string, diagnostics: readonly Diagnostic[]): Failure {
  const message = summary(file, diagnostics.length);
  if (json) {
    const errors = diagnostics.map(({ code, pointer, line, column, message: text }) => ({
      code,
      pointer,
      line,
      column,
      message: text,
    }));
    terminal.out.write(`${JSON.stringify({ valid: false, file, errors }, null, 2)}\n`);
  } else {
    const paint = paintFor(terminal.err, terminal);
    const columns = terminal.err.columns ?? 100;
    for (const diagnostic of diagnostics) terminal.err.write(`${render(file, diagnostic, paint, columns)}\n`);
  }
  return new Failure(message, undefined, EXIT.no);
}
