import { BadRequestException, NotFoundException } from '@nestjs/common';
import type { ProblemCode } from '@workflow-engine/contracts';
import {
  EngineError,
  IdempotencyConflictError,
  InvalidCursorError,
  InvalidDocumentError,
  NotFoundError,
  OverloadedError,
  UnavailableError,
  WrongStateError,
} from '@workflow-engine/execution';

import { HttpProblem } from './http-problem';

/** Seconds after which a client may try again when a dependency is down or full. */
const retryAfterSeconds = '5';

/** Whatever was thrown, as a refusal to show. Undefined: a fault of ours, of which nothing must leak. */
export function problemOf(error: unknown): HttpProblem | undefined {
  if (error instanceof HttpProblem) return error;
  if (error instanceof EngineError) return ofEngine(error);
  if (error instanceof NotFoundException) {
    return new HttpProblem('ROUTE_NOT_FOUND', 'No route matches this path. The routes are listed at /docs.');
  }
  if (error instanceof BadRequestException || isBadUrl(error)) {
    return new HttpProblem(
      'INVALID_URL',
      'The URL contains an escape sequence that is not valid ("%" must be "%25").',
    );
  }
  return undefined;
}

function ofEngine(error: EngineError): HttpProblem | undefined {
  if (error instanceof InvalidDocumentError) {
    const faults = error.faults.map(({ code, pointer, message }) => ({ code, pointer, message }));
    return new HttpProblem(error.code, sentence(error.message), { faults });
  }
  if (error instanceof NotFoundError) return new HttpProblem(error.code, sentence(error.message));
  if (error instanceof WrongStateError) {
    return new HttpProblem('WRONG_STATE', sentence(error.message), { executionStatus: error.status });
  }
  if (error instanceof IdempotencyConflictError) {
    return new HttpProblem('IDEMPOTENCY_CONFLICT', sentence(error.message));
  }
  if (error instanceof InvalidCursorError) return new HttpProblem('INVALID_CURSOR', sentence(error.message));
  if (error instanceof OverloadedError) {
    return new HttpProblem(error.code, sentence(error.message), {
      headers: { 'Retry-After': retryAfterSeconds },
    });
  }
  return error instanceof UnavailableError ? unavailable() : undefined;
}

/** The reason stays in the log: it may name hosts. */
function unavailable(): HttpProblem {
  return new HttpProblem(
    'UNAVAILABLE',
    'A store that the engine needs cannot be reached. Nothing was accepted; try again in a moment.',
    { headers: { 'Retry-After': retryAfterSeconds } },
  );
}

/** Express: a path parameter that cannot be decoded. */
function isBadUrl(error: unknown): boolean {
  return error instanceof URIError;
}

/** Engine messages start in lower case, as error messages do; details are sentences. */
function sentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

export function problemType(code: ProblemCode): string {
  return `urn:workflow-engine:problem:${code.toLowerCase().replaceAll('_', '-')}`;
}
