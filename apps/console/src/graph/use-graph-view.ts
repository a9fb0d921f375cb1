import { useCallback, useState } from 'react';

import type { GraphViewProps } from './graph-view';

export interface GraphViewState {
  /** Properties of the graph's view. */
  readonly view: Pick<GraphViewProps, 'expanded' | 'onExpand' | 'focus'>;
  /** Closes the stacks; undefined when none is open. */
  readonly collapse: (() => void) | undefined;
  /** Brings a node into view, again each time. */
  readonly focusOn: (id: string) => void;
}

/** Which stacks are open, and which node is brought into view; at first the one that is selected. */
export function useGraphView(selected?: string): GraphViewState {
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const [focus, setFocus] = useState(selected === undefined ? undefined : { id: selected, turn: 0 });
  const onExpand = useCallback((first: string) => setExpanded((open) => new Set([...open, first])), []);
  return {
    view: { expanded, onExpand, focus },
    collapse: expanded.size === 0 ? undefined : () => setExpanded(new Set()),
    focusOn: (id) => setFocus((last) => ({ id, turn: (last?.turn ?? 0) + 1 })),
  };
}
