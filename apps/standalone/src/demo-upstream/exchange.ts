import type { IncomingMessage } from 'node:http';

/** What an answer of the demo upstream is made from. */
export interface DemoRequest {
  readonly method: string;
  readonly path: string;
  /** Of the route's pattern: `/users/:id` -> `id`. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON, else the text; null without a body. */
  readonly body: unknown;
  /** Aborted when the caller hangs up before it has its answer. */
  readonly gone: AbortSignal;
}

export interface DemoReply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `drop`: the connection is broken without an answer, as a crash at the worst moment would. */
export type Outcome = DemoReply | 'drop';

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE' | '*';
  /** `/users/:id`; a parameter is one path segment. */
  readonly pattern: string;
  readonly summary: string;
  readonly answer: (request: DemoRequest) => Outcome | Promise<Outcome>;
}

export function ok(body: unknown): DemoReply {
  return { status: 200, body };
}

export function created(body: unknown): DemoReply {
  return { status: 201, body };
}

export function refused(status: number, error: string): DemoReply {
  return { status, body: { error } };
}

/** A query parameter as a whole number within bounds. */
export function numberOf(query: URLSearchParams, name: string, fallback: number, max: number): number {
  const text = query.get(name);
  const value = text !== null && /^\d{1,9}$/.test(text) ? Number(text) : fallback;
  return Math.min(value, max);
}

export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

const maxBodyBytes = 1_048_576;

/** @returns undefined when the body is larger than 1 MiB */
export async function readText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length <= maxBodyBytes) chunks.push(chunk);
  }
  return length <= maxBodyBytes ? Buffer.concat(chunks).toString('utf8') : undefined;
}
