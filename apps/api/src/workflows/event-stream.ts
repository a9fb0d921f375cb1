import { once } from 'node:events';

import type { JournalEvent } from '@workflow-engine/contracts';
import type { Response } from 'express';

/** Proxies and load balancers cut connections that stay silent, commonly after 30 to 60 s. */
export const defaultKeepAliveMs = 15_000;

/** How long browsers wait before they connect again. */
const reconnectMs = 2_000;

/**
 * Server-sent events (WHATWG HTML, 9.2): `id` is the event's `seq`, so that a client that lost its connection
 * goes on behind what it has. All events are of the default type `message`; `data` says what they are.
 * Writes no faster than the client reads. Returns when the batches end or nobody wants them any more.
 */
export async function sendEvents(
  response: Response,
  batches: AsyncIterable<readonly JournalEvent[]>,
  wanted: AbortSignal,
  keepAliveMs: number,
): Promise<void> {
  response.status(200).set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store, no-transform',
    // nginx would hold back events until its buffer is full.
    'X-Accel-Buffering': 'no',
  });
  response.flushHeaders();
  response.write(`retry: ${reconnectMs}\n\n`);
  const keepAlive = setInterval(() => {
    if (!response.writableNeedDrain) response.write(': keep-alive\n\n');
  }, keepAliveMs);
  try {
    for await (const batch of batches) {
      for (const event of batch) await write(response, event, wanted);
    }
  } catch (error) {
    if (!wanted.aborted) throw error;
  } finally {
    clearInterval(keepAlive);
  }
  response.end();
}

async function write(response: Response, event: JournalEvent, wanted: AbortSignal): Promise<void> {
  wanted.throwIfAborted();
  if (response.write(`id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`)) return;
  await once(response, 'drain', { signal: wanted });
}
