import { useMemo, useState } from 'react';

import { count, plural } from '../ui/format';
import { SearchField } from '../ui/search-field';
import type { WorkflowGraph } from './workflow-graph';

export interface NodeSearchProps {
  readonly graph: WorkflowGraph;
  /** Enter, with the ids that match in the definition's order. */
  readonly onEnter: (found: readonly string[]) => void;
  readonly onType?: () => void;
}

/** Finds nodes by a part of their ids. */
export function NodeSearch({ graph, onEnter, onType }: NodeSearchProps) {
  const [text, setText] = useState('');
  const found = useMemo(() => {
    const wanted = text.toLowerCase();
    return wanted === '' ? [] : [...graph.nodes.keys()].filter((id) => id.toLowerCase().includes(wanted));
  }, [graph, text]);
  return (
    <>
      <SearchField
        aria-label="Find a node"
        placeholder="find node"
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          onType?.();
        }}
        onKeyDown={({ key }) => {
          if (key === 'Enter') onEnter(found);
        }}
      />
      <span className="muted number" role="status">
        {text === ''
          ? plural(graph.nodes.size, 'node')
          : `${count(found.length)} found, Enter goes to the next`}
      </span>
    </>
  );
}
