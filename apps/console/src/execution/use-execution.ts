import type { DefinitionDocument, ExecutionState } from '@workflow-engine/contracts';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';

import { engine } from '../api/engine';
import { type Journal, useJournal } from '../api/use-journal';
import { graphOf, type WorkflowGraph } from '../graph/workflow-graph';
import { earlyState } from '../journal/early-state';
import { foldJournal, type JournalState } from '../journal/fold';

export interface ExecutionOnShow {
  readonly summary: ExecutionState;
  readonly definition: DefinitionDocument;
  readonly graph: WorkflowGraph;
  readonly journal: Journal;
  /** As it is now. */
  readonly now: JournalState;
  readonly refresh: () => void;
}

const lookEveryMs = 3_000;

/** Everything about an execution, live; undefined while it is being fetched. */
export function useExecution(id: string): { readonly shown?: ExecutionOnShow; readonly error?: Error } {
  const summary = useQuery({
    queryKey: ['execution', id],
    queryFn: () => engine.status(id),
    refetchInterval: lookEveryMs,
  });
  const { name, version } = summary.data ?? {};
  const definition = useQuery({
    queryKey: ['definition', name, version],
    queryFn: () => engine.definitions.get(name ?? '', version === undefined ? {} : { version }),
    enabled: name !== undefined,
    staleTime: Infinity,
  });
  const [restarts, setRestarts] = useState(0);
  const journal = useJournal(id, restarts);
  const { refetch } = summary;
  const { connection } = journal;
  // The stream ends with the execution. Somebody may retry it: the status, looked at after the end, tells.
  useEffect(() => {
    if (connection === 'ended') void refetch();
  }, [connection, refetch]);
  const last = journal.events.at(-1)?.at;
  const finishedAt = summary.data?.finished_at ?? undefined;
  useEffect(() => {
    if (connection === 'ended' && summary.data !== undefined && finishedAt !== last) {
      setRestarts((number) => number + 1);
    }
    // Each new look counts.
  }, [summary.dataUpdatedAt]);

  const graph = useMemo(
    () => (definition.data === undefined ? undefined : graphOf(definition.data.definition)),
    [definition.data],
  );
  const told = useMemo(
    () => (graph === undefined ? undefined : foldJournal(graph, journal.events)),
    [graph, journal.events],
  );
  const now = useMemo(
    () =>
      told?.seq === 0 && graph !== undefined && summary.data !== undefined
        ? earlyState(graph, summary.data)
        : told,
    [told, graph, summary.data],
  );

  const error = summary.data === undefined ? (summary.error ?? undefined) : (definition.error ?? undefined);
  if (
    summary.data === undefined ||
    definition.data === undefined ||
    graph === undefined ||
    now === undefined
  ) {
    return error === undefined ? {} : { error };
  }
  return {
    shown: {
      summary: summary.data,
      definition: definition.data,
      graph,
      journal,
      now,
      refresh: () => void refetch(),
    },
  };
}
