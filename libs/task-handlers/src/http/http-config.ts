import {
  durationMs,
  type Duration,
  InvalidDurationError,
  type Json,
  type JsonObject,
} from '@workflow-engine/dag';
import type { OutgoingRequest } from './exchange';
import { httpFailure } from './failures';
import { defaultResponseBytes, httpMethods, maxResponseBytes } from './http-schema';

/** A node's resolved config, understood. Schemas were checked with templates open, so everything is checked here. */
export interface HttpTask {
  readonly request: OutgoingRequest;
  readonly isExpected: (status: number) => boolean;
  readonly response: 'auto' | 'json' | 'text';
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** @throws {TaskFailure} `INVALID_CONFIG`, naming the member */
export function httpTask(config: JsonObject): HttpTask {
  const body = bodyOf(config.body);
  const headers = headersOf(config.headers);
  if (body?.type !== undefined) headers['content-type'] ??= body.type;
  const request = { method: methodOf(config.method), url: urlOf(config.url, config.query), headers };
  return {
    request: body === undefined ? request : { ...request, body: body.text },
    isExpected: expectation(config.expected_status ?? '2xx'),
    response: responseOf(config.response ?? 'auto'),
    timeoutMs: timeoutOf(config.timeout ?? 'PT30S'),
    maxBytes: maxBytesOf(config.max_response_bytes ?? defaultResponseBytes),
  };
}

export function invalidConfig(member: string, problem: string) {
  return httpFailure('INVALID_CONFIG', `config.${member} ${problem}.`, { details: { member } });
}

/** Milliseconds of `config.timeout`. @throws {TaskFailure} `INVALID_CONFIG` */
export function timeoutOf(value: Json): number {
  if (typeof value !== 'string' && typeof value !== 'number')
    throw invalidConfig('timeout', 'must be a duration');
  try {
    const ms = durationMs(value satisfies Duration);
    if (ms > 0) return ms;
  } catch (error) {
    if (!(error instanceof InvalidDurationError)) throw error;
    throw invalidConfig('timeout', `cannot be used: ${error.message.replace(/\.$/, '')}`);
  }
  throw invalidConfig('timeout', 'must be longer than 0');
}

function methodOf(value: Json = 'GET'): string {
  const method = typeof value === 'string' ? value.toUpperCase() : '';
  if ((httpMethods as readonly string[]).includes(method)) return method;
  throw invalidConfig('method', `must be one of ${httpMethods.join(', ')}`);
}

function urlOf(value: Json | undefined, query: Json | undefined): URL {
  if (typeof value !== 'string' || !URL.canParse(value)) {
    throw invalidConfig('url', 'must be an absolute URL such as "https://api.example.com/orders"');
  }
  const url = new URL(value);
  if (url.username !== '' || url.password !== '') {
    throw invalidConfig(
      'url',
      'must not contain a user name or password: send an Authorization header instead',
    );
  }
  url.hash = '';
  for (const [name, given] of Object.entries(objectOf('query', query))) {
    for (const item of Array.isArray(given) ? (given as readonly Json[]) : [given]) {
      const text = scalarText(`query.${name}`, item);
      if (text !== undefined) url.searchParams.append(name, text);
    }
  }
  return url;
}

/** Framing and routing belong to the client; a header of these could smuggle a second request. */
const reservedHeaders = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'proxy-connection',
  'upgrade',
  'expect',
  'te',
  'trailer',
]);

function headersOf(value: Json | undefined): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, given] of Object.entries(objectOf('headers', value))) {
    const member = `headers.${name.slice(0, 64)}`;
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) throw invalidConfig(member, 'is no header name');
    const lower = name.toLowerCase();
    if (reservedHeaders.has(lower)) throw invalidConfig(member, 'is set by the engine; leave it out');
    const text = scalarText(member, given);
    if (text === undefined) continue;
    // Latin-1 without control characters: what a header can carry, and no line break.
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(text))
      throw invalidConfig(member, 'has characters no header can carry');
    Object.defineProperty(headers, lower, {
      value: text,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return headers;
}

function bodyOf(value: Json | undefined): { text: string; type?: string } | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string'
    ? { text: value }
    : { text: JSON.stringify(value), type: 'application/json' };
}

function expectation(value: Json): (status: number) => boolean {
  const patterns = (Array.isArray(value) ? (value as readonly Json[]) : [value]).map((item) => {
    const text = typeof item === 'number' ? String(item) : item;
    if (typeof text === 'string' && /^[1-5](?:xx|\d\d)$/i.test(text)) return text.toLowerCase();
    throw invalidConfig('expected_status', 'must be a status such as 200, "2xx", or a list of these');
  });
  return (status) => patterns.includes(String(status)) || patterns.includes(`${Math.floor(status / 100)}xx`);
}

function responseOf(value: Json): 'auto' | 'json' | 'text' {
  if (value === 'auto' || value === 'json' || value === 'text') return value;
  throw invalidConfig('response', 'must be "auto", "json" or "text"');
}

function maxBytesOf(value: Json): number {
  if (Number.isInteger(value) && Number(value) >= 0 && Number(value) <= maxResponseBytes)
    return Number(value);
  throw invalidConfig('max_response_bytes', `must be a whole number from 0 to ${maxResponseBytes}`);
}

function objectOf(member: string, value: Json | undefined): JsonObject {
  if (value === undefined || value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as JsonObject;
  throw invalidConfig(member, 'must be an object');
}

function scalarText(member: string, value: Json): string | undefined {
  if (value === null) return undefined;
  if (typeof value !== 'object') return String(value);
  throw invalidConfig(member, 'must be a string, a number or a boolean');
}
