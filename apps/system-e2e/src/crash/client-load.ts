import type { BulkStarted, StartedExecution, SubmittedExecution } from '@workflow-engine/contracts';

import type { RestClient } from '../rest-client';
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
  readonly door: 'submit and trigger' | 'start' | 'bulk';
  /** Accepted: the engine answered 202, so these executions must finish. */
  accepted?: readonly string[];
  /** Submitted, and triggered without an answer. */
  submitted?: string;
}

const BULK_SIZE = 4;

/**
 * Clients that keep asking, one request after the other each, until the connection breaks. Some of those whose
 * answer was lost ask again, with the same idempotency key.
 */
export class ClientLoad {
  readonly ledger: Request[] = [];
  /** Anything but an acceptance or a broken connection. */
  readonly surprises: unknown[] = [];
  private readonly unanswered: Request[] = [];

  constructor(
    readonly shapes: readonly Shape[],
    private readonly random: SeededRandom,
  ) {}

  /** Resolves when every client has lost its connection. */
  async run(client: RestClient, clients: number): Promise<void> {
    await Promise.all(Array.from({ length: clients }, () => this.oneClient(client)));
  }

  private async oneClient(client: RestClient): Promise<void> {
    for (;;) {
      const again = this.random.next() < 0.5 ? this.unanswered.pop() : undefined;
      const request = again ?? this.newRequest();
      try {
        await send(client, request);
      } catch (error) {
        if (!isBrokenConnection(error)) this.surprises.push(error);
        else if (request.door !== 'submit and trigger') this.unanswered.push(request);
        return;
      }
    }
  }

  private newRequest(): Request {
    const door = this.random.pick(['submit and trigger', 'start', 'start', 'bulk'] as const);
    const request: Request = {
      token: `request-${this.ledger.length}`,
      shape: this.random.pick(this.shapes),
      value: this.random.between(0, 1000),
      count: door === 'bulk' ? BULK_SIZE : 1,
      door,
    };
    this.ledger.push(request);
    return request;
  }
}

/** What `fetch` throws. By name: under Jest the class is not the one of this file's globals. */
function isBrokenConnection(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'TypeError';
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
