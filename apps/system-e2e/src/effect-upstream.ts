import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** One call of a task: an effect on the world outside. */
export interface Effect {
  /** `Idempotency-Key` of the request: `<execution id>:<node id>`. */
  readonly key: string;
  readonly at: number;
}

const started = new Set<EffectUpstream>();

/** For `afterEach`. */
export async function closeUpstreams(): Promise<void> {
  for (const upstream of started) await upstream.close();
}

/**
 * The world outside the engine: keeps a record of every call. `POST /effect?fail_first=2&delay_ms=100&add=1` answers
 * 503 to the first two calls with the same key, then `{"value": body.value + add}`; `?refuse=1` always answers 400;
 * `?hang_first=1` never answers the first call.
 */
export class EffectUpstream {
  /** How many effects there were. */
  total = 0;
  private readonly effects = new Map<string, Effect[]>();
  private readonly server: Server;
  private readonly watchers = new Set<() => void>();

  private constructor() {
    started.add(this);
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  static async start(): Promise<EffectUpstream> {
    const upstream = new EffectUpstream();
    await new Promise<void>((resolve) => upstream.server.listen(0, '127.0.0.1', resolve));
    return upstream;
  }

  /** `host:port`. */
  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** In order of arrival. */
  effectsOf(key: string): readonly Effect[] {
    return this.effects.get(key) ?? [];
  }

  /** Resolves as soon as `condition` holds; looked at after every call. */
  async until(condition: () => boolean): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve) => {
      const watcher = (): void => {
        if (!condition()) return;
        this.watchers.delete(watcher);
        resolve();
      };
      this.watchers.add(watcher);
    });
  }

  async close(): Promise<void> {
    started.delete(this);
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const key = String(request.headers['idempotency-key']);
    const effect = { key, at: Date.now() };
    const effects = [...this.effectsOf(key), effect];
    this.effects.set(key, effects);
    const call = effects.length;
    this.total += 1;
    for (const watcher of this.watchers) watcher();
    const query = new URL(request.url ?? '/', 'http://upstream').searchParams;
    const numberOf = (name: string): number => Number(query.get(name) ?? 0);
    const body = await readBody(request).catch(() => undefined);
    if (body === undefined || (numberOf('hang_first') > 0 && call === 1)) return;
    if (numberOf('delay_ms') > 0) await sleep(numberOf('delay_ms'));
    const status = numberOf('refuse') > 0 ? 400 : call <= numberOf('fail_first') ? 503 : 200;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(status === 200 ? JSON.stringify({ value: body.value + numberOf('add') }) : '{}');
  }
}

/** @throws when the caller died before it had sent everything */
async function readBody(request: IncomingMessage): Promise<{ readonly value: number }> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
  return JSON.parse(text) as { value: number };
}
