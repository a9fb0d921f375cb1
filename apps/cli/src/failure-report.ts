import { ClientError, ConnectionError, ProblemError, UnexpectedAnswerError } from '@workflow-engine/client';
import type { ProblemCode } from '@workflow-engine/contracts';

import { harmless, paintFor } from './paint';
import { EXIT, Failure, type Terminal } from './terminal';

/** What to do next about a refusal. */
const nextSteps: Readonly<Partial<Record<ProblemCode, string>>> = {
  EXECUTION_NOT_FOUND: 'List the executions there are: wfe list',
  DEFINITION_NOT_FOUND: 'Register it by running its file: wfe run FILE',
  DEAD_LETTER_NOT_FOUND: 'List the dead letters there are: wfe dlq list',
  NODE_NOT_FOUND: 'See the nodes of an execution: wfe status ID',
  WRONG_STATE: 'See how it stands: wfe status ID',
  INVALID_INPUT: 'Mend --input; the definition\'s "input_schema" says what it must look like.',
  ROUTE_NOT_FOUND: 'Check --url or WFE_URL: the address without a path, such as http://127.0.0.1:8000.',
  RATE_LIMITED: 'Wait a moment and try again.',
  OVERLOADED: 'The engine is full for now: wait a moment and try again.',
  UNAVAILABLE: 'Wait a moment and try again; GET /health/ready of the engine says what is missing.',
  INTERNAL_ERROR: "This is a fault of the engine; its log has more under the problem's request id.",
};

/** The engine has looked at what there is, and its answer is no. */
const refusals: readonly ProblemCode[] = ['WRONG_STATE', 'INVALID_INPUT'];

/** Whatever was thrown, as a message with a next step. Undefined: a fault of this program. */
export function failureOf(error: unknown): Failure | undefined {
  if (error instanceof Failure) return error;
  if (error instanceof ProblemError) return ofProblem(error);
  if (error instanceof UnexpectedAnswerError) {
    return new Failure(
      `${sentence(error.message)}.`,
      'Check --url or WFE_URL; a proxy between may be in the way.',
    );
  }
  if (error instanceof ConnectionError) {
    return new Failure(`${sentence(error.message)}.`, nextStepWithout(error));
  }
  return error instanceof ClientError ? new Failure(`${sentence(error.message)}.`) : undefined;
}

/** What went wrong, and what to do next. */
export function tell(terminal: Terminal, { message, advice }: Failure): void {
  terminal.err.write(`${paintFor(terminal.err, terminal)('red', message)}\n`);
  if (advice !== undefined) terminal.err.write(`${advice}\n`);
}

function nextStepWithout({ url }: ConnectionError): string {
  return [
    'Start one with:  wfe dev',
    'or say where yours is:  --url http://host:port  (or WFE_URL)',
    // The engine itself speaks HTTP only; TLS is a proxy's.
    ...(url.startsWith('https:')
      ? [`or, if it is one without TLS:  --url ${url.replace('https', 'http')}`]
      : []),
  ].join('\n');
}

function ofProblem({ message: detail, code, faults, problem }: ProblemError): Failure {
  const places = faults.map(
    ({ pointer, parameter, message: what }) =>
      `${parameter ?? (pointer === '' ? '(body)' : pointer)}: ${what}`,
  );
  const [first, ...more] = faults;
  // The detail of a single fault is its message, which would be said twice.
  const isSaid = more.length === 0 && first !== undefined && detail.endsWith(first.message);
  const message = isSaid ? `One fault at ${places.join()}` : [detail, ...places].join('\n  ');
  const request = code === 'INTERNAL_ERROR' ? ` (request ${problem.request_id})` : '';
  const exitCode = refusals.includes(code) ? EXIT.no : EXIT.trouble;
  return new Failure(harmless(`${message}${request}`), nextSteps[code], exitCode);
}

function sentence(message: string): string {
  return message.charAt(0).toUpperCase() + message.slice(1);
}
