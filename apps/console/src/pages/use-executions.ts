import { EXECUTION_STATUSES, type ExecutionSummary, TERMINAL_EVENTS } from '@workflow-engine/contracts';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';

import type { ExecutionFilter } from '@workflow-engine/client';

import { engine } from '../api/engine';

export const openStatuses: ReadonlySet<string> = new Set(
  EXECUTION_STATUSES.slice(0, EXECUTION_STATUSES.length - TERMINAL_EVENTS.length),
);

export interface ExecutionList {
  readonly rows: readonly ExecutionSummary[];
  /** Newer ones that are not shown yet, so that nothing moves under the cursor. */
  readonly newer: number;
  readonly isLoading: boolean;
  readonly error: Error | undefined;
  readonly hasMore: boolean;
  readonly showNewer: () => void;
  readonly loadMore: () => void;
  /** Looks again at once. */
  readonly refresh: () => void;
}

const pageSize = 100;
/** Who scrolls on wants to get far. */
const nextPageSize = 500;
const lookEveryMs = 2_000;
/** Rows below the first page are looked at one by one, a few at a time. */
const watchedRows = 12;

interface Loaded {
  readonly rows: readonly ExecutionSummary[];
  readonly waiting: readonly ExecutionSummary[];
  readonly cursor: string | null;
  readonly state: 'loading' | 'loaded' | 'failed';
  readonly error?: Error;
}

const nothing: Loaded = { rows: [], waiting: [], cursor: null, state: 'loading' };

/** Executions of a search, newest first, page after page; statuses are kept up to date. */
export function useExecutions(
  query: ExecutionFilter,
  onScreen: () => readonly ExecutionSummary[],
): ExecutionList {
  const key = JSON.stringify(query);
  const [loaded, setLoaded] = useState<Loaded>(nothing);
  const loadingMore = useRef(false);
  const [looks, setLooks] = useState(0);
  const refresh = useCallback(() => setLooks((number) => number + 1), []);

  useEffect(() => setLoaded(nothing), [key]);
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wanted = JSON.parse(key) as ExecutionFilter;
    const look = async (): Promise<void> => {
      try {
        const first = await engine.executions(wanted).page({ limit: pageSize, signal: stop.signal });
        const others = await lookAt(onScreen(), first.items);
        if (!stop.signal.aborted)
          setLoaded((current) => merged(current, first.items, first.next_cursor, others));
      } catch (error) {
        if (!stop.signal.aborted) setLoaded((current) => failed(current, error));
      }
      if (!stop.signal.aborted) timer = setTimeout(() => void look(), lookEveryMs);
    };
    void look();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [key, looks, onScreen]);

  const loadMore = useCallback(() => {
    if (loadingMore.current || loaded.cursor === null) return;
    loadingMore.current = true;
    engine
      .executions(JSON.parse(key) as ExecutionFilter)
      .page({ limit: nextPageSize, cursor: loaded.cursor })
      .then((page) => {
        setLoaded((current) =>
          current.cursor === loaded.cursor
            ? { ...current, rows: [...current.rows, ...page.items], cursor: page.next_cursor }
            : current,
        );
      })
      .catch((error: unknown) => setLoaded((current) => failed(current, error)))
      .finally(() => (loadingMore.current = false));
  }, [key, loaded.cursor]);

  const showNewer = useCallback(
    () => setLoaded((current) => ({ ...current, rows: [...current.waiting, ...current.rows], waiting: [] })),
    [],
  );
  return useMemo(
    () => ({
      rows: loaded.rows,
      newer: loaded.waiting.length,
      isLoading: loaded.state === 'loading',
      error: loaded.error,
      hasMore: loaded.cursor !== null,
      showNewer,
      loadMore,
      refresh,
    }),
    [loaded, showNewer, loadMore, refresh],
  );
}

function failed(current: Loaded, error: unknown): Loaded {
  return { ...current, state: 'failed', error: error instanceof Error ? error : new Error(String(error)) };
}

/** New rows wait until they are asked for; known ones show their newest status. */
function merged(
  current: Loaded,
  first: readonly ExecutionSummary[],
  cursor: string | null,
  others: readonly ExecutionSummary[],
): Loaded {
  if (current.rows.length === 0) return { rows: first, waiting: [], cursor, state: 'loaded' };
  const fresh = new Map([...first, ...others].map((row) => [row.execution_id, row]));
  const known = new Set(current.rows.map(({ execution_id }) => execution_id));
  const newest = current.rows[0]?.execution_id ?? '';
  const waiting = new Map(current.waiting.map((row) => [row.execution_id, row]));
  // Ids sort by creation. Rows that a change of status brings into the search further down are left to a reload.
  for (const row of first) {
    if (!known.has(row.execution_id) && row.execution_id > newest) waiting.set(row.execution_id, row);
  }
  return {
    rows: current.rows.map((row) => fresh.get(row.execution_id) ?? row),
    waiting: [...waiting.values()].sort((a, b) => (a.execution_id < b.execution_id ? 1 : -1)),
    cursor: current.cursor,
    state: 'loaded',
  };
}

/** The unfinished rows on screen that the first page does not have. */
async function lookAt(
  rows: readonly ExecutionSummary[],
  first: readonly ExecutionSummary[],
): Promise<readonly ExecutionSummary[]> {
  const there = new Set(first.map(({ execution_id }) => execution_id));
  const open = rows.filter((row) => openStatuses.has(row.status) && !there.has(row.execution_id));
  const answers = await Promise.allSettled(
    open.slice(0, watchedRows).map(async (row) => {
      const { status, started_at, finished_at, error } = await engine.status(row.execution_id);
      return { ...row, status, started_at, finished_at, ...(error !== undefined && { error }) };
    }),
  );
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
}
