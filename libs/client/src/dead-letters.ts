import type { DeadLetter, ExecutionState } from '@workflow-engine/contracts';

import { type CallOptions, Listing } from './listing';
import type { Transport } from './transport';

const root = '/api/v1/dead-letters';

/** Tasks that failed for good, and parked ones. */
export class DeadLetters {
  constructor(private readonly transport: Transport) {}

  /** Newest first. */
  list(options: CallOptions = {}): Listing<DeadLetter> {
    return new Listing(this.transport, root, {}, options);
  }

  get(id: string, { signal }: CallOptions = {}): Promise<DeadLetter> {
    return this.transport.request({ method: 'GET', path: letterPath(id), signal, repeatable: true });
  }

  /** Tries the task again; its execution goes on from there. Sent once: it is not repeated when its answer is lost. */
  retry(id: string, { signal }: CallOptions = {}): Promise<ExecutionState> {
    const path = `${letterPath(id)}/retry`;
    return this.transport.request({ method: 'POST', path, signal, repeatable: false });
  }

  /** The execution stays as it ended; a parked task fails. */
  async discard(id: string, { signal }: CallOptions = {}): Promise<void> {
    await this.transport.request<null>({
      method: 'DELETE',
      path: letterPath(id),
      signal,
      repeatable: true,
      settled: ({ code }) => (code === 'DEAD_LETTER_NOT_FOUND' ? null : undefined),
    });
  }
}

function letterPath(id: string): string {
  return `${root}/${encodeURIComponent(id)}`;
}
