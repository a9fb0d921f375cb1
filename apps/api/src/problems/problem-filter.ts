import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Problem } from '@workflow-engine/contracts';
import type { Logger } from '@workflow-engine/runtime';
import type { Request, Response } from 'express';

import { requestIdOf } from '../http/request-context';
import { allowedMethods } from './allowed-methods';
import { HttpProblem, PROBLEM_TITLES } from './http-problem';
import { problemOf, problemType } from './problem-of';

/** The one place where anything thrown becomes an answer: a problem document (RFC 9457). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const problem = this.problemFor(error, request, response);
    if (response.headersSent) {
      // Half an answer cannot be taken back; a broken connection at least says that it is half.
      response.destroy();
    } else if (problem.code === 'METHOD_NOT_ALLOWED' && request.method === 'OPTIONS') {
      response.status(204).set(problem.extras.headers).end();
    } else {
      sendProblem(response, problem);
    }
  }

  private problemFor(error: unknown, request: Request, response: Response): HttpProblem {
    const problem = problemOf(error);
    const requestId = requestIdOf(response);
    if (problem?.code === 'ROUTE_NOT_FOUND') return methodProblem(request) ?? problem;
    if (problem?.code === 'UNAVAILABLE')
      this.logger.warn({ err: error, requestId }, 'a dependency is not available');
    if (problem !== undefined) return problem;
    this.logger.error(
      { err: error, requestId, method: request.method, path: request.path },
      'a request failed unexpectedly',
    );
    return new HttpProblem(
      'INTERNAL_ERROR',
      `The request failed for a reason that is not its fault. Its id in the server's log is ${requestId}.`,
    );
  }
}

/** The path exists, but not with this method. */
function methodProblem(request: Request): HttpProblem | undefined {
  const methods = allowedMethods(request);
  if (methods.length === 0) return undefined;
  const allow = methods.join(', ');
  return new HttpProblem('METHOD_NOT_ALLOWED', `${request.method} is not supported here. Use ${allow}.`, {
    headers: { Allow: allow },
  });
}

export function sendProblem(response: Response, problem: HttpProblem): void {
  const body: Problem = {
    type: problemType(problem.code),
    title: PROBLEM_TITLES[problem.code],
    status: problem.status,
    detail: problem.detail,
    code: problem.code,
    errors: problem.extras.faults ?? [],
    request_id: requestIdOf(response),
    ...(problem.extras.executionStatus === undefined
      ? {}
      : { execution_status: problem.extras.executionStatus }),
  };
  response.status(problem.status);
  for (const [name, value] of Object.entries(problem.extras.headers ?? {})) response.setHeader(name, value);
  response.setHeader('Content-Type', 'application/problem+json; charset=utf-8');
  response.end(JSON.stringify(body));
}
