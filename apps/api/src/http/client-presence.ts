import type { Response } from 'express';

/**
 * Aborts when nobody waits for the answer any more: the client hung up or the process shuts down. Listens by
 * hand, because `AbortSignal.any` keeps every request alive as long as the shutdown signal on Node 20.
 */
export function whileWanted(response: Response, shutdown: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  if (shutdown.aborted) stop();
  shutdown.addEventListener('abort', stop, { once: true });
  response.once('close', () => {
    shutdown.removeEventListener('abort', stop);
    stop();
  });
  return controller.signal;
}
