import { errors, type Dispatcher } from 'undici';
import { TaskFailure } from '@workflow-engine/execution';
import { BlockedAddressError } from './address-guard';
import type { AttemptSignal } from './attempt-signal';
import { httpFailure, tellable } from './failures';

export interface OutgoingRequest {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface IncomingResponse {
  readonly status: number;
  /** Names in lower case; a repeated header is joined with ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly stream: Dispatcher.ResponseData['body'];
}

/** One request, one response; no redirects. @throws {TaskFailure} */
export async function exchange(
  dispatcher: Dispatcher,
  request: OutgoingRequest,
  attempt: AttemptSignal,
): Promise<IncomingResponse> {
  const { method, url, headers, body } = request;
  return orFailure(request, attempt, async () => {
    const sent = dispatcher.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: method,
      headers,
      body: body ?? null,
      signal: attempt.signal,
    });
    // A body that nobody reads to its end fails when it is dropped; that is no news to anybody.
    const quiet = sent.then((response) => {
      response.body.on('error', () => undefined);
      if (attempt.signal.aborted) response.body.destroy();
      return response;
    });
    const response = await attempt.race(quiet);
    return { status: response.statusCode, headers: joined(response.headers), stream: response.body };
  });
}

/** Runs a part of an exchange; whatever goes wrong on the wire becomes a failure with a code. */
export async function orFailure<T>(
  { method, url }: OutgoingRequest,
  attempt: AttemptSignal,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TaskFailure) throw error;
    const what = `${method} ${tellable(url)}`;
    if (attempt.signal.aborted) throw attempt.failure(what);
    throw failureOf(what, error);
  }
}

function failureOf(what: string, error: unknown): TaskFailure {
  const reasons = reasonsOf(error);
  const blocked = reasons.find((reason) => reason instanceof BlockedAddressError);
  if (blocked !== undefined) {
    return httpFailure('BLOCKED_ADDRESS', `${what} was refused: ${blocked.message}. ${allowAdvice}`, {
      cause: error,
    });
  }
  const reason = reasons.find((candidate) => codeOf(candidate) !== undefined) ?? reasons[0];
  const code = codeOf(reason) ?? 'UNKNOWN';
  if (reason instanceof errors.InvalidArgumentError) {
    return httpFailure('INVALID_CONFIG', `${what} cannot be sent: ${reason.message}.`, { cause: error });
  }
  if (code.startsWith('Z_') || code.startsWith('ERR_BROTLI') || code.startsWith('ERR__')) {
    return httpFailure(
      'RESPONSE_NOT_DECODABLE',
      `${what} sent a compressed body that cannot be unpacked (${code}).`,
      { cause: error },
    );
  }
  const details = { reason: code };
  return httpFailure('CONNECTION', `${what} failed: ${sentences[code] ?? reason?.message ?? code}.`, {
    details,
    cause: error,
  });
}

export const allowAdvice =
  'If the host is meant to be reached, add it to the allowed hosts (HTTP_ALLOW_HOSTS).';

const sentences: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'the host name cannot be resolved',
  EAI_AGAIN: 'the host name cannot be resolved at the moment',
  UND_ERR_CONNECT_TIMEOUT: 'no connection came about in time',
  UND_ERR_SOCKET: 'the other side closed the connection',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the body was shorter or longer than announced',
};

interface Reason {
  readonly message: string;
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

/** An error, its causes and the errors it gathers (one per address tried), outermost first. */
function reasonsOf(error: unknown): Reason[] {
  const found: Reason[] = [];
  const pending = [error];
  while (pending.length > 0 && found.length < 10) {
    const next = pending.shift();
    if (!isReason(next)) continue;
    found.push(next);
    if (Array.isArray(next.errors)) pending.push(...(next.errors as unknown[]));
    pending.push(next.cause);
  }
  return found;
}

/** Not `instanceof Error`: errors of Node's own modules may come from another realm. */
function isReason(value: unknown): value is Reason {
  return typeof value === 'object' && value !== null && 'message' in value;
}

function codeOf(reason: Reason | undefined): string | undefined {
  return typeof reason?.code === 'string' ? reason.code : undefined;
}

function joined(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name.toLowerCase(),
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}
