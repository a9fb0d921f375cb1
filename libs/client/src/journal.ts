import { type JournalEvent, TERMINAL_EVENTS } from '@workflow-engine/contracts';

import { ClientError, ConnectionError } from './errors';
import { readEventStream } from './event-stream';
import { delayAfter, sleep } from './retry';
import type { OpenStream, Transport } from './transport';

export interface FollowOptions {
  readonly signal?: AbortSignal;
  /** Only events with a greater `seq`. */
  readonly after?: number;
  /** Hears when the stream stands, and when it is lost and being made again. */
  readonly onConnection?: (state: 'live' | 'lost') => void;
}

/** Greater than any `seq`: a stream from there has nothing to say but its end. */
const beyondAll = 999_999_999_999_999;

/** The journal and then each new event as it happens, without gaps or repetitions, until the execution has ended. */
export async function* follow(
  transport: Transport,
  executionId: string,
  options: FollowOptions,
): AsyncGenerator<JournalEvent, void, undefined> {
  let last = options.after ?? 0;
  let isOver = false;
  const line = new Line(transport, executionId, options);
  for (;;) {
    try {
      const messages = await line.open(last);
      if (messages === undefined) return;
      for await (const message of messages) {
        const event = JSON.parse(message) as JournalEvent;
        if (event.seq <= last) continue;
        last = event.seq;
        isOver = TERMINAL_EVENTS.includes(event.type);
        yield event;
      }
      // A retry may have revived the execution: only the end of the stream tells which end is the last.
      if (isOver) return;
      await line.lost(closedEarly(transport));
    } catch (error) {
      await line.lost(error);
    }
  }
}

/** Waits for the execution's end at next to no cost; `look` then says how it ended, or that it has not. */
export async function untilEnded<T>(
  transport: Transport,
  executionId: string,
  look: () => Promise<T | undefined>,
  options: FollowOptions,
): Promise<T> {
  const line = new Line(transport, executionId, options);
  for (;;) {
    try {
      const messages = await line.open(beyondAll);
      if (messages !== undefined) await drained(messages);
      const ended = await look();
      if (ended !== undefined) return ended;
      await line.lost(closedEarly(transport));
    } catch (error) {
      await line.lost(error);
    }
  }
}

/** One live stream over as many connections as it takes. */
class Line {
  private failures = 0;

  constructor(
    private readonly transport: Transport,
    private readonly executionId: string,
    private readonly options: FollowOptions,
  ) {}

  /** The messages behind a position, for as long as this connection lasts. Undefined: there will be no more. */
  async open(after: number): Promise<AsyncIterable<string> | undefined> {
    const { signal, onConnection } = this.options;
    const stream = await this.transport.open({
      method: 'GET',
      path: `/api/v1/workflows/${encodeURIComponent(this.executionId)}/events`,
      headers: { accept: 'text/event-stream', ...(after > 0 && { 'last-event-id': String(after) }) },
      signal,
    });
    if (stream === undefined) return undefined;
    this.failures = 0;
    onConnection?.('live');
    return this.read(stream);
  }

  /** Waits before the next connection. @throws what cannot be mended by one */
  async lost(error: unknown): Promise<void> {
    const { retry } = this.transport.options;
    const delay = error instanceof ClientError ? delayAfter(error, ++this.failures, retry) : undefined;
    if (delay === undefined) throw error;
    this.options.onConnection?.('lost');
    await sleep(delay, this.options.signal);
  }

  private async *read({ body, deadline }: OpenStream): AsyncGenerator<string> {
    try {
      yield* readEventStream(body, () => deadline.touch());
    } catch (error) {
      throw this.transport.failure(error, deadline, this.options.signal);
    } finally {
      deadline.clear();
    }
  }
}

async function drained(messages: AsyncIterable<string>): Promise<void> {
  const iterator = messages[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true);
}

function closedEarly(transport: Transport): ConnectionError {
  return new ConnectionError(transport.options.url, 'it closed the stream before the end', {
    refused: false,
  });
}
