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

/** Which stacks are open, and which node was asked to be brought into view. */
export function useGraphView(): GraphViewState {
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const [focus, setFocus] = useState<GraphViewProps['focus']>();
  const onExpand = useCallback((first: string) => setExpanded((open) => new Set([...open, first])), []);
  return {
    view: { expanded, onExpand, focus },
    collapse: expanded.size === 0 ? undefined : () => setExpanded(new Set()),
    focusOn: (id) => setFocus((last) => ({ id, turn: (last?.turn ?? 0) + 1 })),
  };
}
