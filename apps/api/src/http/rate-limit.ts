import type { RateDecision, RateLimiter } from '@workflow-engine/execution';
import type { Logger } from '@workflow-engine/runtime';
import type { NextFunction, Request, RequestHandler, Response } from 'express';

import { HttpProblem } from '../problems/http-problem';

export interface RateLimit {
  /** Calls per window and client; 0 switches the limit off. */
  readonly max: number;
  readonly windowMs: number;
}

/** Probers and scrapers come from one address and must not compete with clients. */
const exempt = /^\/(?:api\/v1\/)?(?:health|metrics)(?:\/|$)/;

/**
 * Sliding window per remote address. `RateLimit-*` follow draft-ietf-httpapi-ratelimit-headers-06 (reset in
 * seconds from now), `X-RateLimit-Reset` is a Unix time, as GitHub made it common.
 */
export function rateLimit(limiter: RateLimiter, limit: RateLimit, logger: Logger): RequestHandler {
  return (request: Request, response: Response, next: NextFunction): void => {
    if (exempt.test(request.path)) {
      next();
      return;
    }
    const key = `address:${request.socket.remoteAddress ?? 'unknown'}`;
    limiter.take(key, limit.max, limit.windowMs).then(
      (decision) => next(announce(decision, limit, response)),
      (error: unknown) => {
        // The limit protects the service; it must not be what takes it down.
        logger.warn({ err: error }, 'the rate limiter is not available, letting requests pass');
        next();
      },
    );
  };
}

function announce(decision: RateDecision, limit: RateLimit, response: Response): HttpProblem | undefined {
  const resetSeconds = Math.ceil(decision.resetMs / 1_000);
  const remaining = String(Math.max(0, decision.remaining));
  response.setHeader('RateLimit-Limit', String(decision.limit));
  response.setHeader('RateLimit-Remaining', remaining);
  response.setHeader('RateLimit-Reset', String(resetSeconds));
  response.setHeader('RateLimit-Policy', `${decision.limit};w=${Math.ceil(limit.windowMs / 1_000)}`);
  response.setHeader('X-RateLimit-Limit', String(decision.limit));
  response.setHeader('X-RateLimit-Remaining', remaining);
  response.setHeader('X-RateLimit-Reset', String(Math.ceil((Date.now() + decision.resetMs) / 1_000)));
  if (decision.allowed) return undefined;
  const wait = Math.max(1, resetSeconds);
  return new HttpProblem(
    'RATE_LIMITED',
    `More than ${decision.limit} requests in ${limit.windowMs / 1_000} s. Try again in ${wait} s.`,
    { headers: { 'Retry-After': String(wait) } },
  );
}
