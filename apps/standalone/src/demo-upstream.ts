import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { chatRoutes } from './demo-upstream/chat';
import { type DemoReply, ok, type Outcome, readText, refused, type Route } from './demo-upstream/exchange';
import { Ledger } from './demo-upstream/ledger';
import { peopleRoutes } from './demo-upstream/people';
import { shopRoutes } from './demo-upstream/shop';
import { troubleRoutes } from './demo-upstream/trouble';

/**
 * A small service for the example payloads to call, so that they run offline: people and their posts, a shop with
 * a ledger, trouble on demand, and an imitation of a language model. The same calls get the same answers; what it
 * remembers is bounded.
 */
export interface DemoUpstream {
  /** `host:port`, as the allow-list of the `http` handler wants it. */
  readonly host: string;
  readonly url: string;
  close(): Promise<void>;
}

/** @param port 0 takes a free one. Listens on 127.0.0.1 unless told otherwise. */
export async function startDemoUpstream(port: number, address = '127.0.0.1'): Promise<DemoUpstream> {
  const routes = compiled();
  const server = createServer((request, response) => {
    answer(routes, request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) response.destroy();
      else send(response, refused(500, error instanceof Error ? error.message : String(error)));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, resolve);
  });
  const host = `${address}:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `http://${host}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface CompiledRoute extends Route {
  readonly matcher: RegExp;
}

function compiled(): readonly CompiledRoute[] {
  const ledger = new Ledger();
  const served = [...peopleRoutes, ...shopRoutes(ledger), ...troubleRoutes(ledger), ...chatRoutes];
  const index: Route = {
    method: 'GET',
    pattern: '/',
    summary: 'This list',
    answer: () =>
      ok({
        name: 'workflow-engine-demo-upstream',
        routes: Object.fromEntries(
          served.map((route) => [`${route.method} ${route.pattern}`, route.summary]),
        ),
      }),
  };
  return [index, ...served].map((route) => ({
    ...route,
    matcher: new RegExp(`^${route.pattern.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`),
  }));
}

async function answer(
  routes: readonly CompiledRoute[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  const url = new URL(request.url ?? '/', 'http://upstream');
  const method = request.method ?? 'GET';
  const text = await readText(request);
  if (text === undefined) {
    send(response, refused(413, 'The body is larger than 1 MiB.'));
    return;
  }
  const found = routes.find(
    (route) => route.matcher.test(url.pathname) && (route.method === '*' || route.method === method),
  );
  if (found === undefined) {
    send(response, refused(404, `There is no ${method} ${url.pathname}. GET / lists what there is.`));
    return;
  }
  const outcome: Outcome = await found.answer({
    method,
    path: url.pathname,
    params: { ...found.matcher.exec(url.pathname)?.groups },
    query: url.searchParams,
    headers: headersOf(request),
    body: parsed(text),
    gone: gone.signal,
  });
  if (outcome === 'drop') response.destroy();
  else send(response, outcome);
}

function headersOf(request: IncomingMessage): Record<string, string> {
  const entries = Object.entries(request.headers);
  return Object.fromEntries(entries.map(([name, value]) => [name, [value ?? ''].flat().join(', ')]));
}

function parsed(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function send(response: ServerResponse, { status, body, headers = {} }: DemoReply): void {
  const text = JSON.stringify(body);
  const mayHaveBody = status !== 204 && status !== 304;
  response.writeHead(status, {
    ...headers,
    ...(mayHaveBody && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
  });
  response.end(mayHaveBody ? text : undefined);
}
