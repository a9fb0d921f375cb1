import { setTimeout as sleep } from 'node:timers/promises';

import type {
  DeadLetter,
  ExecutionResults,
  ExecutionState,
  ExecutionStatus,
  ExecutionSummary,
  JournalEvent,
  Page,
} from '@workflow-engine/contracts';

const pageSize = 1000;
const LOOK_EVERY_MS = 5;
/** Nothing that these tests ask for takes so long, unless whoever should answer is stopped. */
const answerTimeoutMs = 30_000;

/** An answer that is not the expected one. A connection that breaks stays a `TypeError` of `fetch`. */
export class UnexpectedAnswer extends Error {
  constructor(
    readonly status: number,
    text: string,
    /** `Retry-After` of a 503. */
    readonly retryAfter?: string,
  ) {
    super(`${status}: ${text}`);
  }
}

/** The few calls that these tests need, as any HTTP client would make them. */
export class RestClient {
  constructor(private readonly url: string) {}

  async post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const response = await fetch(this.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(answerTimeoutMs),
    });
    return this.read(response);
  }

  async state(executionId: string): Promise<ExecutionState> {
    return (await this.get(`/workflows/${executionId}`)) as ExecutionState;
  }

  /** The status as soon as the execution does not run any more. */
  async ended(executionId: string): Promise<ExecutionStatus> {
    for (;;) {
      const { status } = await this.state(executionId);
      if (status !== 'RUNNING') return status;
      await sleep(LOOK_EVERY_MS);
    }
  }

  async results(executionId: string): Promise<ExecutionResults> {
    return (await this.get(`/api/v1/workflows/${executionId}/results`)) as ExecutionResults;
  }

  async journal(executionId: string): Promise<JournalEvent[]> {
    return this.pages<JournalEvent>(`/api/v1/workflows/${executionId}/events`, 'after');
  }

  async executions(query = ''): Promise<ExecutionSummary[]> {
    return this.pages<ExecutionSummary>('/api/v1/workflows', 'cursor', query);
  }

  async deadLetters(): Promise<DeadLetter[]> {
    return this.pages<DeadLetter>('/api/v1/dead-letters', 'cursor');
  }

  private async pages<T>(path: string, cursorName: string, query = ''): Promise<T[]> {
    const items: T[] = [];
    let cursor: string | null = null;
    do {
      const from: string = cursor === null ? '' : `&${cursorName}=${encodeURIComponent(cursor)}`;
      const page = (await this.get(`${path}?limit=${pageSize}${query}${from}`)) as Page<T>;
      items.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor !== null);
    return items;
  }

  private async get(path: string): Promise<unknown> {
    const ask = (): Promise<Response> =>
      fetch(this.url + path, { signal: AbortSignal.timeout(answerTimeoutMs) });
    // A connection that was idle for long may be closed just when it is used again.
    return this.read(await ask().catch(ask));
  }

  private async read(response: Response): Promise<unknown> {
    const text = await response.text();
    if (!response.ok) throw new UnexpectedAnswer(response.status, text, retryAfterOf(response));
    return JSON.parse(text);
  }
}

function retryAfterOf({ status, headers }: Response): string | undefined {
  return status === 503 ? (headers.get('retry-after') ?? undefined) : undefined;
}
