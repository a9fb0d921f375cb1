import { Agent, Pool } from 'undici';
import type { Json, JsonObject } from '@workflow-engine/dag';
import type { TaskContext, TaskHandler } from '@workflow-engine/execution';
import { AddressGuard, type Resolve } from './address-guard';
import { AttemptSignal } from './attempt-signal';
import { orFailure } from './exchange';
import { httpFailure, tellable } from './failures';
import { httpTask, type HttpTask } from './http-config';
import { httpConfigSchema, httpOutputSchema } from './http-schema';
import { excerpt, unexpectedStatus } from './unexpected-status';
import { type FinalResponse, follow, type Transport } from './redirects';
import { acceptedEncodings, isJsonType, parseJson, readBody, textOf } from './response-body';

export interface HttpHandlerOptions {
  /**
   * Hosts that may be reached although they are not on the public internet, as `host` (any port) or `host:port`:
   * `"localhost:8080"`, `"10.0.0.7"`, `"[::1]:9000"`. Default: none.
   */
  readonly allowHosts?: readonly string[];
  /** How names become addresses. Default: the system's resolver. */
  readonly resolve?: Resolve;
}

/** `{ status, headers, body }` as {@link httpOutputSchema} has it. */
export interface HttpOutput extends JsonObject {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json;
}

export interface HttpHandler extends TaskHandler<JsonObject, HttpOutput> {
  /** Closes its connections, after the requests under way. */
  readonly close: () => Promise<void>;
}

/**
 * The handler `http`: one request per attempt, redirects followed, failures told by code (`TIMEOUT`,
 * `CONNECTION`, `HTTP_429`, `HTTP_4XX`, `HTTP_5XX` ...). Addresses that are not public are refused, whether
 * written, resolved or redirected to, unless they are among `allowHosts`.
 * @throws {InvalidAllowedHostError} for an entry of `allowHosts` that is no `host[:port]`
 */
export function createHttpHandler(options: HttpHandlerOptions = {}): HttpHandler {
  const guard = new AddressGuard(options.allowHosts ?? [], options.resolve);
  const dispatcher = new Agent({
    // An attempt has one timeout for everything; see AttemptSignal.
    headersTimeout: 0,
    bodyTimeout: 0,
    factory: (origin, poolOptions) =>
      new Pool(origin, {
        ...(poolOptions as Pool.Options),
        connect: { lookup: guard.lookupFor(new URL(String(origin))), timeout: connectTimeoutMs },
      }),
  });
  return {
    name: 'http',
    configSchema: httpConfigSchema,
    outputSchema: httpOutputSchema,
    run: (config, context) => run({ dispatcher, guard }, httpTask(config), context),
    close: () => dispatcher.close(),
  };
}

const connectTimeoutMs = 10_000;

async function run(transport: Transport, task: HttpTask, context: TaskContext): Promise<HttpOutput> {
  const request = {
    ...task.request,
    headers: {
      accept: 'application/json, */*;q=0.8',
      'accept-encoding': acceptedEncodings,
      'user-agent': 'workflow-engine',
      'idempotency-key': context.idempotencyKey,
      ...task.request.headers,
    },
  };
  const attempt = new AttemptSignal(context.signal, task.timeoutMs);
  try {
    const final = await follow(transport, request, attempt, context.log, task.isExpected);
    return await orFailure(final.request, attempt, () => attempt.race(outputOf(task, final)));
  } finally {
    attempt.end();
  }
}

async function outputOf(task: HttpTask, final: FinalResponse): Promise<HttpOutput> {
  const { request, response } = final;
  const { status, headers, stream } = response;
  if (!task.isExpected(status)) throw await unexpectedStatus(final);
  const what = `${request.method} ${tellable(request.url)}`;
  const { bytes, isTruncated } = await readBody(stream, headers['content-encoding'], task.maxBytes);
  if (isTruncated) {
    throw httpFailure(
      'RESPONSE_TOO_LARGE',
      `${what} answered ${status} with more than ${task.maxBytes} bytes. Ask for less, or raise max_response_bytes.`,
      {
        details: { status },
      },
    );
  }
  const contentType = headers['content-type'] ?? '';
  const text = textOf(bytes, contentType);
  if (task.response === 'text') return { status, headers, body: text };
  // HEAD, 204, 304 ...: no body is no fault.
  if (text === '' && (task.response === 'auto' || isBodyless(request.method, status)))
    return { status, headers, body: null };
  if (task.response === 'auto' && !isJsonType(contentType)) return { status, headers, body: text };
  const parsed = parseJson(text);
  if ('value' in parsed) return { status, headers, body: parsed.value };
  throw httpFailure(
    'RESPONSE_NOT_JSON',
    `${what} answered ${status} with a body that is not JSON: ${parsed.problem}.`,
    {
      details: { status, content_type: contentType, body: excerpt(text) },
    },
  );
}

function isBodyless(method: string, status: number): boolean {
  return method === 'HEAD' || status === 204 || status === 205 || status === 304;
}
