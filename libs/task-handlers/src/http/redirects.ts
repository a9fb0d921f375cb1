import type { Dispatcher } from 'undici';
import type { TaskLog } from '@workflow-engine/execution';
import { type AddressGuard } from './address-guard';
import type { AttemptSignal } from './attempt-signal';
import { allowAdvice, exchange, type IncomingResponse, orFailure, type OutgoingRequest } from './exchange';
import { httpFailure, tellable } from './failures';

export const maxRedirects = 5;

export interface Transport {
  readonly dispatcher: Dispatcher;
  readonly guard: AddressGuard;
}

export interface FinalResponse {
  readonly request: OutgoingRequest;
  readonly response: IncomingResponse;
}

/**
 * Sends a request and follows its redirects, each hop checked like the first one.
 * @param isFinal a status that is asked for is never followed, even if it is a redirect
 */
export async function follow(
  { dispatcher, guard }: Transport,
  first: OutgoingRequest,
  attempt: AttemptSignal,
  log: TaskLog,
  isFinal: (status: number) => boolean,
): Promise<FinalResponse> {
  let request = first;
  for (let hop = 0; ; hop++) {
    const what = `${request.method} ${tellable(request.url)}`;
    refuseUnsafe(guard, request.url, what);
    const response = await exchange(dispatcher, request, attempt);
    const location = response.headers.location;
    log.info(`${what} -> ${response.status}`);
    if (!redirectStatuses.has(response.status) || location === undefined || isFinal(response.status)) {
      return { request, response };
    }
    // Reads what little there is, so that the connection can serve again; drops it when there is more.
    await orFailure(request, attempt, () =>
      attempt.race(response.stream.dump({ limit: 16_384, signal: attempt.signal })),
    );
    if (hop === maxRedirects) {
      throw httpFailure(
        'TOO_MANY_REDIRECTS',
        `${first.method} ${tellable(first.url)} was redirected more than ${maxRedirects} times.`,
      );
    }
    request = redirected(request, response.status, location, what);
  }
}

const redirectStatuses = new Set([301, 302, 303, 307, 308]);

function refuseUnsafe(guard: AddressGuard, url: URL, what: string): void {
  const objection = guard.objectionTo(url);
  if (objection !== undefined) {
    throw httpFailure('BLOCKED_ADDRESS', `${what} was refused: ${objection}. ${allowAdvice}`);
  }
}

function redirected(from: OutgoingRequest, status: number, location: string, what: string): OutgoingRequest {
  if (!URL.canParse(location, from.url.href)) {
    throw httpFailure(
      'HTTP_UNEXPECTED_STATUS',
      `${what} was redirected (${status}) to something that is no URL.`,
      {
        details: { status },
      },
    );
  }
  const url = new URL(location, from.url);
  url.hash = '';
  if (url.username !== '' || url.password !== '') {
    throw httpFailure(
      'BLOCKED_ADDRESS',
      `${what} was redirected to a URL with a user name or password, which is never followed.`,
    );
  }
  const isRewritten = becomesGet(from.method, status);
  const headers = Object.entries(from.headers).filter(
    ([name]) =>
      !(isRewritten && name.startsWith('content-')) &&
      !(url.origin !== from.url.origin && isCredential(name)),
  );
  const next = { method: isRewritten ? 'GET' : from.method, url, headers: Object.fromEntries(headers) };
  return isRewritten || from.body === undefined ? next : { ...next, body: from.body };
}

/** RFC 9110, 15.4: 303 always (but HEAD) becomes GET; 301 and 302 turn a POST into a GET, as everybody does. */
function becomesGet(method: string, status: number): boolean {
  if (status === 303) return method !== 'HEAD' && method !== 'GET';
  return (status === 301 || status === 302) && method === 'POST';
}

/** Another origin gets no credentials; APIs carry theirs in headers of many names. */
function isCredential(name: string): boolean {
  return (
    name !== 'idempotency-key' &&
    /auth|cookie|token|secret|session|signature|credential|password|key/.test(name)
  );
}
