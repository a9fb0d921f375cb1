import { lazy, Suspense } from 'react';

import type { GraphViewProps } from './graph-view';

const GraphView = lazy(() => import('./graph-view'));

/** The graph, fetched with its libraries when one is shown first. */
export function LazyGraphView(props: GraphViewProps) {
  return (
    <Suspense fallback={null}>
      <GraphView {...props} />
    </Suspense>
  );
}
