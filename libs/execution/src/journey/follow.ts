import type { JournalEvent } from '../decider/events';
import { isTerminal } from '../decider/status';
import type { ExecutionView } from './engine-api';
import { currentStatus, viewOf } from './execution-views';
import type { FoldedExecution } from './execution-views';
import { readJournal } from './journal-reader';
import type { ApiContext } from './ports';

/** The feed may miss something across a reconnect; the journal is looked at at least this often. */
const LOOK_AGAIN_MS = 5000;

/**
 * The journal after a position and then live, in order and without gaps; ends when the execution is terminal or
 * the signal aborts. The feed only says that there is news; what it is comes from the journal itself.
 */
export async function* follow(
  context: ApiContext,
  executionId: string,
  afterSeq: number,
  signal: AbortSignal,
): AsyncGenerator<readonly JournalEvent[]> {
  await context.views.record(executionId);
  const news = new News();
  const unsubscribe = await context.feed.subscribe(executionId, () => news.announce());
  try {
    let lastSeq = afterSeq;
    while (!signal.aborted) {
      const seen = news.next();
      const events = await readJournal(context, executionId, lastSeq);
      if (events.length > 0) yield events;
      lastSeq = events.at(-1)?.seq ?? lastSeq;
      if (isTerminal(currentStatus(await context.views.fold(executionId)))) {
        const rest = await readJournal(context, executionId, lastSeq);
        if (rest.length > 0) yield rest;
        return;
      }
      await seen.orElse(context, signal);
    }
  } finally {
    await unsubscribe();
  }
}

/** Resolves when the execution is terminal, or after `timeoutMs`, with what it looks like then. */
export async function wait(
  context: ApiContext,
  executionId: string,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<ExecutionView> {
  const isOver = (folded: FoldedExecution): boolean => isTerminal(currentStatus(folded));
  return waitUntil(context, executionId, isOver, timeoutMs, signal);
}

/** The view costs the size of the graph, so it is made once; each look costs what has happened since the last. */
export async function waitUntil(
  context: ApiContext,
  executionId: string,
  isThere: (folded: FoldedExecution) => boolean,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<ExecutionView> {
  const deadline = context.clock.now() + timeoutMs;
  const news = new News();
  const unsubscribe = await context.feed.subscribe(executionId, () => news.announce());
  try {
    for (;;) {
      const seen = news.next();
      const folded = await context.views.fold(executionId);
      const left = deadline - context.clock.now();
      if (isThere(folded) || left <= 0 || signal?.aborted === true) return viewOf(folded);
      await seen.orElse(context, signal, left);
    }
  } finally {
    await unsubscribe();
  }
}

/** Turns announcements into something to wait for, without missing one that comes while nobody waits. */
class News {
  private stop = new AbortController();

  announce(): void {
    // With a reason of its own: without one, each abort makes an exception with a stack trace.
    this.stop.abort('news');
  }

  /** Waits for an announcement that comes after this call. */
  next(): { orElse(context: ApiContext, signal: AbortSignal | undefined, ms?: number): Promise<void> } {
    const stop = (this.stop = new AbortController());
    return {
      async orElse({ clock }, signal, ms = LOOK_AGAIN_MS) {
        const abort = (): void => stop.abort('told to stop');
        signal?.addEventListener('abort', abort, { once: true });
        if (signal?.aborted !== true) await clock.sleep(Math.min(ms, LOOK_AGAIN_MS), stop.signal);
        signal?.removeEventListener('abort', abort);
      },
    };
  }
}
