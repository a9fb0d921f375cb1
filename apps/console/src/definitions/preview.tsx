import type { JsonObject } from '@workflow-engine/contracts';
import { useMemo, useRef } from 'react';

import { LazyGraphView } from '../graph/lazy-graph-view';
import { useGraphView } from '../graph/use-graph-view';
import { graphOf, type WorkflowGraph } from '../graph/workflow-graph';
import { plural } from '../ui/format';

export interface PreviewProps {
  /** Undefined while the text is no JSON; then the picture of the last text that was stays. */
  readonly definition: JsonObject | undefined;
  readonly selected: string | undefined;
  readonly onSelect: (id: string) => void;
}

/** The graph of what is being written. */
export function Preview({ definition, selected, onSelect }: PreviewProps) {
  const graph = useGraph(definition);
  const { view } = useGraphView();
  return (
    <>
      <p className="tools muted number">
        {plural(graph.nodes.size, 'node')}
        {definition === undefined && ', of the text before the fault'}
      </p>
      <div className={definition === undefined ? 'graph graph-stale' : 'graph'}>
        <LazyGraphView
          graph={graph}
          selected={selected}
          onSelect={(id) => id !== undefined && onSelect(id)}
          isOverview
          {...view}
        />
      </div>
    </>
  );
}

/** The same object as long as the picture is the same: laying it out at each key would make it jump. */
function useGraph(definition: JsonObject | undefined): WorkflowGraph {
  const last = useRef<{ readonly key: string; readonly graph: WorkflowGraph }>(null);
  const graph = useMemo(() => {
    if (definition === undefined) return last.current?.graph ?? graphOf({});
    const next = graphOf(definition);
    const key = JSON.stringify(
      [...next.nodes.values()].map(({ id, handler, dependencies }) => [id, handler, dependencies]),
    );
    if (last.current?.key !== key) last.current = { key, graph: next };
    return last.current.graph;
  }, [definition]);
  return graph;
}
