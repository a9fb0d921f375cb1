import { randomUUID } from 'node:crypto';

import type { NextFunction, Request, Response } from 'express';

/** Ids that callers bring along are taken over when they are harmless in headers and logs. */
const acceptableId = /^[A-Za-z0-9._:-]{1,128}$/;

const securityHeaders: readonly (readonly [string, string])[] = [
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
  ['Referrer-Policy', 'no-referrer'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
];

/** Swagger UI draws with inline styles and embedded images; scripts stay those of this server. */
const docsPolicy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

/** First of all: every answer, refusals included, has a request id and the security headers. */
export function requestContext(request: Request, response: Response, next: NextFunction): void {
  const offered = request.headers['x-request-id'];
  const requestId = typeof offered === 'string' && acceptableId.test(offered) ? offered : randomUUID();
  response.locals.requestId = requestId;
  response.setHeader('X-Request-Id', requestId);
  for (const [name, value] of securityHeaders) response.setHeader(name, value);
  if (request.path.startsWith('/docs')) response.setHeader('Content-Security-Policy', docsPolicy);
  next();
}

export function requestIdOf(response: Response): string {
  const id: unknown = response.locals.requestId;
  return typeof id === 'string' ? id : '';
}
