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
  useReactFlow,
  useStore,
} from '@xyflow/react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';

import type { JournalState } from '../journal/fold';
import { type Card, NodeCard } from './node-card';
import { cardsOf, edgesOf } from './cards';
import { EdgeCanvas } from './edge-canvas';
import { nodeHeight, nodeWidth } from './layout';
import { stackSiblings } from './stacks';
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
  readonly focus?: { readonly id: string; readonly turn: number } | undefined;
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
        focus={focus}
        wholeFrom={props.isOverview === true ? overviewZoom : readableZoom}
      />
      <Background variant={BackgroundVariant.Dots} gap={22} size={1} />
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

interface CameraProps {
  readonly cards: readonly Card[];
  readonly shownBy: ReadonlyMap<string, string>;
  readonly focus: GraphViewProps['focus'];
  /** The smallest zoom at which the whole graph is shown. */
  readonly wholeFrom: number;
}

const attention: ReadonlySet<string> = new Set(['FAILED', 'TIMED_OUT', 'PARKED', 'RUNNING']);

/** Begins with the whole graph if it can be read like that, else with what wants attention; later goes where asked. */
function Camera({ cards, shownBy, focus, wholeFrom }: CameraProps) {
  const flow = useReactFlow<Card>();
  const { width, height } = useStore(({ width, height }) => ({ width, height }), sameSize);
  const placed = useRef('');
  const ready = cards.length > 0 && width > 0;
  const right = Math.max(0, ...cards.slice(0, 10_000).map(({ position }) => position.x));
  const extent = `${cards.length} ${Math.round(right)}`;
  useEffect(() => {
    if (!ready || placed.current === extent) return;
    placed.current = extent;
    const bounds = flow.getNodesBounds([...cards]);
    const zoom = Math.min(1, (width * 0.92) / bounds.width, (height * 0.9) / bounds.height);
    if (zoom >= wholeFrom) {
      void flow.setViewport({
        x: width / 2 - (bounds.x + bounds.width / 2) * zoom,
        y: height / 2 - (bounds.y + bounds.height / 2) * zoom,
        zoom,
      });
    } else {
      const target =
        cards.find(({ data }) => data.status !== undefined && attention.has(data.status)) ?? cards[0];
      if (target !== undefined) goTo(flow, target, 0.75);
    }
  }, [ready, extent, cards, flow, width, height, wholeFrom]);
  useEffect(() => {
    if (focus === undefined || !ready) return;
    const card = cards.find(({ id }) => id === shownBy.get(focus.id));
    if (card !== undefined) goTo(flow, card, Math.max(0.75, flow.getZoom()));
    // A new turn asks, not a new picture.
  }, [focus, ready]);
  return null;
}

function sameSize(a: { width: number; height: number }, b: { width: number; height: number }): boolean {
  return a.width === b.width && a.height === b.height;
}

function goTo(flow: ReturnType<typeof useReactFlow<Card>>, { position }: Card, zoom: number): void {
  void flow.setCenter(position.x + nodeWidth / 2, position.y + nodeHeight / 2, { zoom });
}
