import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import type { BulkStarted, StartedExecution, SubmittedExecution } from '@workflow-engine/contracts';

import { type RestClient, UnexpectedAnswer } from '../rest-client';
import type { SeededRandom } from '../seeded-random';
import type { Shape } from './workload';

/** What a client asked for and what it was told: the ledger's line. */
export interface Request {
  /** In the input of every execution it starts. */
  readonly token: string;
  readonly shape: Shape;
  readonly value: number;
  /** How many executions it starts: all of them or none. */
  readonly count: number;
  readonly door: Door;
  /** Accepted: the engine answered 202, so these executions must finish. */
  accepted?: readonly string[];
  /** Submitted, and triggered without an answer. */
  submitted?: string;
}

export type Door = 'submit and trigger' | 'start' | 'bulk';

export interface Traffic {
  readonly clients: number;
  /** Requests per second of all clients together. */
  readonly perSecond: number;
  /** Where the next request goes. */
  readonly client: () => RestClient;
  readonly signal: AbortSignal;
}

const BULK_SIZE = 4;
/** Before a client goes on whose connection broke. */
const RECONNECT_MS = 20;

/**
 * Clients that keep asking, and write down what they were told. An answer that was lost says nothing: what was asked
 * for may have been accepted or not. Some of these are asked for again, with the same idempotency key.
 */
export class ClientLoad {
  readonly ledger: Request[] = [];
  /** Anything but an acceptance, a refusal for now or a broken connection. */
  readonly surprises: unknown[] = [];
  /** How often the engine said that it cannot accept anything now, and when to try again. */
  refusals = 0;
  private readonly unanswered: Request[] = [];

  constructor(
    readonly shapes: readonly Shape[],
    private readonly random: SeededRandom,
    private readonly name = 'request',
  ) {}

  /** Resolves when every client has its last answer. */
  async run(traffic: Traffic): Promise<void> {
    setMaxListeners(traffic.clients, traffic.signal);
    await Promise.all(Array.from({ length: traffic.clients }, () => this.oneClient(traffic)));
  }

  /** One request of its own, besides those of `run`. */
  async ask(
    client: RestClient,
    wanted: Pick<Request, 'shape' | 'door'> & { readonly count?: number },
  ): Promise<Request> {
    const request = this.note({ count: 1, ...wanted });
    await this.attempt(client, request);
    return request;
  }

  private async oneClient({ clients, perSecond, client, signal }: Traffic): Promise<void> {
    const everyMs = (1000 * clients) / perSecond;
    while (!signal.aborted) {
      const next = performance.now() + everyMs;
      const again = this.random.next() < 0.5 ? this.unanswered.pop() : undefined;
      const answered = await this.attempt(client(), again ?? this.newRequest());
      const pauseMs = Math.max(next - performance.now(), answered ? 0 : RECONNECT_MS);
      if (pauseMs > 0) await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private newRequest(): Request {
    const door = this.random.pick(['submit and trigger', 'start', 'start', 'bulk'] as const);
    return this.note({ shape: this.random.pick(this.shapes), door, count: door === 'bulk' ? BULK_SIZE : 1 });
  }

  private note(wanted: Pick<Request, 'shape' | 'door' | 'count'>): Request {
    const token = `${this.name}-${this.ledger.length}`;
    const request = { token, value: this.random.between(0, 1000), ...wanted };
    this.ledger.push(request);
    return request;
  }

  private async attempt(client: RestClient, request: Request): Promise<boolean> {
    try {
      await send(client, request);
      return true;
    } catch (error) {
      const isRefused = error instanceof UnexpectedAnswer && error.retryAfter !== undefined;
      if (isRefused) this.refusals += 1;
      else if (!isBrokenConnection(error)) this.surprises.push(error);
      if (request.door !== 'submit and trigger') this.unanswered.push(request);
      return false;
    }
  }
}

/** What `fetch` throws. By name: under Jest the class is not the one of this file's globals. */
function isBrokenConnection(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('name' in error)) return false;
  return error.name === 'TypeError' || error.name === 'TimeoutError';
}

async function send(client: RestClient, request: Request): Promise<void> {
  const { token, shape, value, count, door } = request;
  const input = { token, value };
  const path = `/api/v1/definitions/${shape.name}/executions`;
  switch (door) {
    case 'submit and trigger': {
      const submitted = (await client.post('/workflow', shape.definition)) as SubmittedExecution;
      request.submitted = submitted.execution_id;
      await client.post(`/workflow/trigger/${submitted.execution_id}`, { input });
      request.accepted = [submitted.execution_id];
      return;
    }
    case 'start': {
      const started = (await client.post(path, { input }, { 'idempotency-key': token })) as StartedExecution;
      request.accepted = [started.execution_id];
      return;
    }
    case 'bulk': {
      const executions = Array.from({ length: count }, (_, index) => {
        return { input, idempotency_key: `${token}-${index}` };
      });
      const { items } = (await client.post(`${path}/bulk`, { executions })) as BulkStarted;
      request.accepted = items.map(({ execution_id }) => execution_id);
      return;
    }
  }
}
