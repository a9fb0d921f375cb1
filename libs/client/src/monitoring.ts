import type { Queues, Statistics, Workers } from '@workflow-engine/contracts';

import { type CallOptions, withQuery } from './listing';
import type { Transport } from './transport';

/** What runs, and how it does. */
export class Monitoring {
  constructor(private readonly transport: Transport) {}

  /** @param options.window how far to look back, as ISO 8601 duration or seconds; default an hour, at most a day */
  statistics({ window, signal }: CallOptions & { readonly window?: string } = {}): Promise<Statistics> {
    return this.get(withQuery('/api/v1/statistics', { window }), signal);
  }

  queues({ signal }: CallOptions = {}): Promise<Queues> {
    return this.get('/api/v1/queues', signal);
  }

  workers({ signal }: CallOptions = {}): Promise<Workers> {
    return this.get('/api/v1/workers', signal);
  }

  private get<T>(path: string, signal: AbortSignal | undefined): Promise<T> {
    return this.transport.request({ method: 'GET', path, signal, repeatable: true });
  }
}
