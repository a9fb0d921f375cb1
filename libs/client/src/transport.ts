import type { Problem } from '@workflow-engine/contracts';

import { Deadline } from './deadline';
import { ClientError, ConnectionError, ProblemError, UnexpectedAnswerError } from './errors';
import { delayAfter, retryAfterMs, type RetryOptions, sleep } from './retry';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Behind the base URL, with the query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** A request that is sent until it is answered. */
export interface Call<T> extends ApiRequest {
  /** Whether it may be sent again although the engine may have got it: a second time changes nothing more. */
  readonly repeatable: boolean;
  /** What a refusal of the second try means when the first had got through and only its answer was lost. */
  readonly settled?: (refusal: ProblemError) => T | undefined;
  /** On top of the usual time for an answer. */
  readonly patienceMs?: number;
}

/** The part of the global `fetch` that is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface TransportOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly retry: RetryOptions;
  /** For one try, its whole answer included. */
  readonly timeoutMs: number;
  /** How long a live stream may stay silent; the engine says something every 15 s. */
  readonly silenceMs: number;
  readonly fetch: Fetch;
}

/** An open stream: touch its deadline as it speaks, clear it at the end. */
export interface OpenStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly deadline: Deadline;
}

/** One HTTP call with its retries; all others of this library are made of it. */
export class Transport {
  constructor(readonly options: TransportOptions) {}

  /** The answer's JSON; null when it has no body. */
  async request<T>(call: Call<T>): Promise<T> {
    let mayHaveArrived = false;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.attempt<T>(call);
      } catch (error) {
        if (!(error instanceof ClientError)) throw error;
        const settled = mayHaveArrived && error instanceof ProblemError ? call.settled?.(error) : undefined;
        if (settled !== undefined) return settled;
        const delay = delayAfter(error, attempt, this.options.retry);
        if (delay === undefined || !(call.repeatable || error.refused)) throw error;
        mayHaveArrived ||= !error.refused;
        await sleep(delay, call.signal);
      }
    }
  }

  /** One try. Undefined when there is nothing to stream any more (204). */
  async open(request: ApiRequest): Promise<OpenStream | undefined> {
    const deadline = new Deadline(this.options.silenceMs, request.signal);
    try {
      const response = await this.send(request, deadline);
      const type = response.headers.get('content-type') ?? '';
      if (response.ok && response.body !== null && type.startsWith('text/event-stream')) {
        return { body: response.body, deadline };
      }
      const nothing = response.status === 204;
      if (!nothing) await this.json(response, request, deadline);
      deadline.clear();
      if (nothing) return undefined;
      throw new UnexpectedAnswerError(this.options.url, response.status, type);
    } catch (error) {
      deadline.clear();
      throw error;
    }
  }

  /** Why a connection or the reading from it failed, in the client's words. */
  failure(error: unknown, deadline: Deadline, wanted: AbortSignal | undefined): unknown {
    if (error instanceof ClientError) return error;
    if (wanted?.aborted === true) return wanted.reason;
    const reason = deadline.isLate ? 'it does not answer in time' : reasonOf(error);
    return new ConnectionError(this.options.url, reason, {
      refused: !deadline.isLate && nobodyListens.has(codeOf(error) ?? ''),
      cause: error,
    });
  }

  private async attempt<T>(call: Call<T>): Promise<T> {
    const deadline = new Deadline(this.options.timeoutMs + (call.patienceMs ?? 0), call.signal);
    try {
      return (await this.json(await this.send(call, deadline), call, deadline)) as T;
    } finally {
      deadline.clear();
    }
  }

  private async send(request: ApiRequest, deadline: Deadline): Promise<Response> {
    const { fetch, url, headers } = this.options;
    try {
      return await fetch(`${url}${request.path}`, {
        method: request.method,
        headers: {
          accept: 'application/json',
          ...(request.body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
          ...request.headers,
        },
        ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
        signal: deadline.signal,
      });
    } catch (error) {
      throw this.failure(error, deadline, request.signal);
    }
  }

  private async json(response: Response, request: ApiRequest, deadline: Deadline): Promise<unknown> {
    const type = response.headers.get('content-type') ?? '';
    const unexpected = new UnexpectedAnswerError(this.options.url, response.status, type);
    let text: string;
    try {
      text = await response.text();
    } catch (error) {
      throw this.failure(error, deadline, request.signal);
    }
    if (response.status === 204) return null;
    if (!/^application\/(?:problem\+)?json/.test(type)) throw unexpected;
    const value = parsed(text, unexpected);
    if (response.ok) return value;
    if (!isProblem(value)) throw unexpected;
    throw new ProblemError(value, retryAfterMs(response.headers.get('retry-after'), Date.now()));
  }
}

function parsed(text: string, unexpected: UnexpectedAnswerError): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw unexpected;
  }
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'detail' in value;
}

/** Node's codes of connections that were never made. Browsers do not tell. */
const nobodyListens = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (code !== undefined && nobodyListens.has(code)) return `nobody listens there (${code})`;
  return `the connection was lost${code === undefined ? '' : ` (${code})`}`;
}

/** `fetch` of Node hides the reason in the cause, which may come from another realm. */
function codeOf(error: unknown): string | undefined {
  for (let cause = error; typeof cause === 'object' && cause !== null;) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code;
    cause = 'cause' in cause ? cause.cause : undefined;
  }
  return undefined;
}
