import { ProblemError } from '@workflow-engine/client';
import type { JournalEvent } from '@workflow-engine/contracts';
import { useEffect, useState } from 'react';

import { engine } from './engine';

export interface Journal {
  readonly events: readonly JournalEvent[];
  /** `live`: each event arrives as it happens; `lost`: trying to reach the engine again; `ended`: there is no more. */
  readonly connection: 'connecting' | 'live' | 'lost' | 'ended';
}

/** Shown state follows at most this often, however fast events come. */
const showEveryMs = 150;
const retryMs = 2_000;

/**
 * The journal of an execution, followed live; after a lost connection it goes on behind what is here already.
 * `restart` changes when an execution that had ended goes on.
 */
export function useJournal(executionId: string, restart: unknown): Journal {
  const [journal, setJournal] = useState<Journal & { readonly of: string }>({
    of: executionId,
    events: [],
    connection: 'connecting',
  });
  useEffect(() => {
    let kept: JournalEvent[] = [];
    setJournal((current) => {
      kept = current.of === executionId ? [...current.events] : [];
      return current.of === executionId ? current : { of: executionId, events: [], connection: 'connecting' };
    });
    return follow(executionId, kept, (events, connection) => {
      setJournal({ of: executionId, events, connection });
    });
  }, [executionId, restart]);
  return journal.of === executionId ? journal : { events: [], connection: 'connecting' };
}

function follow(
  executionId: string,
  kept: readonly JournalEvent[],
  show: (events: readonly JournalEvent[], connection: Journal['connection']) => void,
): () => void {
  const events = [...kept];
  const stop = new AbortController();
  let connection: Journal['connection'] = 'connecting';
  let showing: ReturnType<typeof setTimeout> | undefined;
  const showSoon = (): void => {
    if (stop.signal.aborted) return;
    showing ??= setTimeout(() => {
      showing = undefined;
      show([...events], connection);
    }, showEveryMs);
  };
  const turn = (next: Journal['connection']): void => {
    connection = next;
    showSoon();
  };
  const run = async (): Promise<void> => {
    const { signal } = stop;
    const after = events.at(-1)?.seq ?? 0;
    for await (const event of engine.follow(executionId, { after, signal, onConnection: turn })) {
      events.push(event);
      showSoon();
    }
    turn('ended');
  };
  // The client gives up after a few tries; a page that is open does not.
  const keepRunning = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      try {
        await run();
        return;
      } catch (error) {
        // Nobody listens any more once the page is left.
        turn('lost');
        if (error instanceof ProblemError && !error.retryable) return;
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  };
  void keepRunning();
  return () => {
    stop.abort();
    clearTimeout(showing);
  };
}
