import '@xyflow/react/dist/base.css';
import '../styles/graph.css';

import {
  Background,
  BackgroundVariant,
  Controls,
  type Edge,
  MiniMap,
  ReactFlow,
  ReactFlowProvider,
} from '@xyflow/react';
import { useCallback, useMemo, useRef, useState } from 'react';

import type { JournalState } from '../journal/fold';
import { type Card, NodeCard } from './node-card';
import { Camera, type CameraProps } from './camera';
import { cardsOf, edgesOf } from './cards';
import { EdgeCanvas } from './edge-canvas';
import { stackSiblings } from './stacks';
import { count } from '../ui/format';
import { toneOf } from '../ui/status';
import { useLayout } from './use-layout';
import { reachable, type WorkflowGraph } from './workflow-graph';

const noEdges: Edge[] = [];
const nodeTypes = { card: NodeCard };
/** Smaller than this, cards cannot be read: then the view begins at the nodes that matter. */
const readableZoom = 0.45;
/** Of an overview. */
const overviewZoom = 0.25;
/** Lighting the paths of a larger graph up at each move of the mouse is too slow to be of use. */
const hoverBelow = 800;

export interface GraphViewProps {
  readonly graph: WorkflowGraph;
  /** Without it the definition alone is shown. */
  readonly state?: JournalState;
  readonly selected?: string | undefined;
  readonly onSelect?: (id: string | undefined) => void;
  readonly criticalPath?: ReadonlySet<string> | undefined;
  /** Stacks that are open, by their first member. */
  readonly expanded: ReadonlySet<string>;
  readonly onExpand: (first: string) => void;
  /** Changes to bring a node into view. */
  readonly focus?: CameraProps['focus'];
  /** Shows the whole graph at once although its cards can hardly be read then. */
  readonly isOverview?: boolean;
}

export default function GraphView(props: GraphViewProps) {
  return (
    <ReactFlowProvider>
      <Graph {...props} />
    </ReactFlowProvider>
  );
}

function Graph(props: GraphViewProps) {
  const { graph, state, selected, onSelect, criticalPath, expanded, onExpand, focus } = props;
  const shown = useMemo(() => stackSiblings(graph, expanded), [graph, expanded]);
  const layout = useLayout(shown);
  const [hovered, setHovered] = useState<string>();
  const path = useMemo(() => {
    if (criticalPath !== undefined) return criticalPath;
    if (hovered === undefined || graph.nodes.size > hoverBelow) return undefined;
    const up = reachable(hovered, (id) => graph.nodes.get(id)?.dependencies);
    return new Set([hovered, ...up, ...reachable(hovered, (id) => graph.dependents.get(id))]);
  }, [criticalPath, hovered, graph]);
  const before = useRef<ReadonlyMap<string, Card>>(new Map());
  const cards = useMemo(() => {
    if (layout === undefined) return [];
    before.current = cardsOf({ graph, shown, layout, state, selected, path }, before.current);
    return [...before.current.values()];
  }, [graph, shown, layout, state, selected, path]);
  const edges = useMemo(() => edgesOf(shown, path), [shown, path]);
  const activate = useCallback(
    (id: string) => {
      if ((shown.shown.get(id)?.members.length ?? 1) > 1) onExpand(id);
      else onSelect?.(id);
    },
    [shown, onExpand, onSelect],
  );
  const isLarge = cards.length > hoverBelow;
  return (
    <ReactFlow
      nodes={cards}
      edges={isLarge ? noEdges : edges}
      nodeTypes={nodeTypes}
      minZoom={isLarge ? overviewZoom : 0.08}
      maxZoom={1.6}
      onlyRenderVisibleElements={isLarge}
      nodesDraggable={false}
      nodesConnectable={false}
      edgesFocusable={false}
      elementsSelectable
      deleteKeyCode={null}
      selectionKeyCode={null}
      multiSelectionKeyCode={null}
      onNodeClick={(_, { id }) => activate(id)}
      onNodeMouseEnter={(_, { id }) => setHovered(id)}
      onNodeMouseLeave={() => setHovered(undefined)}
      onPaneClick={() => onSelect?.(undefined)}
      onKeyDown={(event) => {
        const id = (event.target as HTMLElement).closest<HTMLElement>('.react-flow__node')?.dataset.id;
        if (id !== undefined && (event.key === 'Enter' || event.key === ' ')) {
          event.preventDefault();
          activate(id);
        }
      }}
      aria-label="Workflow graph"
      proOptions={{ hideAttribution: true }}
    >
      <Camera
        cards={cards}
        shownBy={shown.shownBy}
        selected={selected}
        focus={focus}
        wholeFrom={props.isOverview === true ? overviewZoom : readableZoom}
      />
      <Background variant={BackgroundVariant.Dots} gap={22} size={1} />
      {layout === undefined && shown.shown.size > hoverBelow && (
        <p className="graph-wait" role="status">
          Arranging {count(shown.shown.size)} nodes …
        </p>
      )}
      {isLarge && layout !== undefined && <EdgeCanvas edges={edges} layout={layout} />}
      <Controls showInteractive={false} />
      {cards.length > 12 && (
        <MiniMap<Card>
          pannable
          zoomable
          ariaLabel="Overview of the graph"
          nodeClassName={({ data }) => `mini ${data.status === undefined ? '' : toneOf(data.status)}`}
        />
      )}
    </ReactFlow>
  );
}
