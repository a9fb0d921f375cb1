import type { RetryPlan } from '../workflow/compiled-workflow';
import type { TaskError } from './events';

/** A server may ask for a longer pause than the policy's (`Retry-After`), but not for more than this. */
const LONGEST_REQUESTED_PAUSE_MS = 3_600_000;

export function mayRetry(plan: RetryPlan, attemptsUsed: number, error: TaskError): boolean {
  if (attemptsUsed >= plan.maxAttempts) return false;
  return plan.retryOn === undefined ? error.retryable : plan.retryOn.has(error.code) || plan.retryOn.has('*');
}

/**
 * Milliseconds before the next attempt: exponential, capped, with full jitter (M. Brooker, "Exponential Backoff
 * And Jitter", AWS 2015). `random` is uniform in [0, 1).
 */
export function backoffMs(plan: RetryPlan, attemptsUsed: number, error: TaskError, random: number): number {
  // Bounded, because 0 * Infinity is not a time.
  const factor = Math.min(plan.backoffRate ** (attemptsUsed - 1), Number.MAX_SAFE_INTEGER);
  const exponential = plan.intervalMs * factor;
  const capped = Math.min(exponential, plan.maxIntervalMs);
  const jittered = plan.fullJitter ? capped * random : capped;
  return Math.round(Math.max(jittered, requestedPauseMs(error)));
}

function requestedPauseMs({ details }: TaskError): number {
  if (typeof details !== 'object' || details === null || !('retry_after_ms' in details)) return 0;
  const requested = details.retry_after_ms;
  return typeof requested === 'number' && !Number.isNaN(requested)
    ? Math.min(requested, LONGEST_REQUESTED_PAUSE_MS)
    : 0;
}
