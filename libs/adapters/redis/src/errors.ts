import { EngineError, UnavailableError } from '@workflow-engine/execution';

/** This Redis, or the way it is configured, cannot carry the engine; the message says what to change. */
export class UnfitRedisError extends EngineError {
  constructor(
    readonly code: 'INVALID_REDIS_URL' | 'REDIS_EVICTS_KEYS' | 'REDIS_TOO_OLD' | 'WRONG_PARTITION_COUNT',
    message: string,
  ) {
    super(message);
  }
}

/** Replies that say "not now" and nothing about the command. */
const transientReplies =
  /^(LOADING|BUSY|CLUSTERDOWN|TRYAGAIN|MASTERDOWN|READONLY|NOREPLICAS|OOM|MISCONF|MOVED|ASK|UNBLOCKED)\b/;
const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
/** ioredis reports a lost connection as a plain error. */
const lostConnection =
  /connection is closed|max retries|stream isn't writeable|command timed out|socket timeout|connect etimedout|failed to refresh slots|cluster isn't ready|none of startup nodes|all sentinels are unreachable|connection not established|command aborted/i;

/** The error as the ports promise it: a fault of the connection or the server's state is an `UnavailableError`. */
export function portError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof EngineError) return error;
  // ioredis attaches the command with its arguments: people's data, and megabytes of it, in every log line.
  if ('command' in error) delete error.command;
  const code = 'code' in error ? String(error.code) : '';
  if (transientReplies.test(error.message) || networkCodes.has(code) || lostConnection.test(error.message))
    return new UnavailableError(`Redis cannot be reached or refuses work: ${error.message}`, {
      cause: error,
    });
  return error;
}

export function isReply(error: unknown, code: string): boolean {
  return error instanceof Error && error.message.startsWith(code);
}
