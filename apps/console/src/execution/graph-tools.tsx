import { ChevronsDownUp, CircleX, Route } from 'lucide-react';
import { useMemo, useRef } from 'react';

import { NodeSearch } from '../graph/node-search';
import type { WorkflowGraph } from '../graph/workflow-graph';
import type { JournalState } from '../journal/fold';
import { plural } from '../ui/format';

export interface GraphToolsProps {
  readonly graph: WorkflowGraph;
  readonly state: JournalState;
  readonly onFind: (id: string) => void;
  readonly showsPath: boolean;
  readonly onShowPath: (on: boolean) => void;
  readonly onCollapse: (() => void) | undefined;
}

/** Ways through a large graph: by name, from failure to failure, along the critical path. */
export function GraphTools(props: GraphToolsProps) {
  const { graph, state, onFind, showsPath, onShowPath, onCollapse } = props;
  const next = useRef(0);
  const failures = useMemo(
    () =>
      [...state.nodes.values()].filter(({ status }) => ['FAILED', 'TIMED_OUT', 'PARKED'].includes(status)),
    [state],
  );
  const turnTo = (ids: readonly string[]): void => {
    const id = ids[next.current % ids.length];
    next.current += 1;
    if (id !== undefined) onFind(id);
  };
  return (
    <div className="tools">
      <NodeSearch
        graph={graph}
        onEnter={turnTo}
        onType={() => {
          next.current = 0;
        }}
      />
      <span className="spacer" />
      {onCollapse !== undefined && (
        <button type="button" onClick={onCollapse}>
          <ChevronsDownUp size={14} aria-hidden /> Collapse
        </button>
      )}
      <button type="button" aria-pressed={showsPath} onClick={() => onShowPath(!showsPath)}>
        <Route size={14} aria-hidden /> Critical path
      </button>
      <button
        type="button"
        disabled={failures.length === 0}
        onClick={() => turnTo(failures.map(({ id }) => id))}
      >
        <CircleX size={14} aria-hidden className={failures.length === 0 ? '' : 'tone-failed status-icon'} />
        {failures.length === 0 ? 'No failures' : `Next of ${plural(failures.length, 'failure')}`}
      </button>
    </div>
  );
}
