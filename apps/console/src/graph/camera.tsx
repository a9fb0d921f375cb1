import { useReactFlow, useStore } from '@xyflow/react';
import { useEffect, useRef } from 'react';

import { nodeHeight, nodeWidth } from './layout';
import type { Card } from './node-card';

export interface CameraProps {
  readonly cards: readonly Card[];
  readonly shownBy: ReadonlyMap<string, string>;
  readonly selected: string | undefined;
  /** Changes to bring a node into view. */
  readonly focus: { readonly id: string; readonly turn: number } | undefined;
  /** The smallest zoom at which the whole graph is shown. */
  readonly wholeFrom: number;
}

const attention: ReadonlySet<string> = new Set(['FAILED', 'TIMED_OUT', 'PARKED', 'RUNNING']);
const closeUpZoom = 0.75;

/**
 * Begins with the whole graph if it can be read like that, else with the selected node or what wants attention. Later it
 * goes where it is asked to, and after a selected node whose place the inspector has taken.
 */
export function Camera({ cards, shownBy, selected, focus, wholeFrom }: CameraProps) {
  const flow = useReactFlow<Card>();
  const { width, height } = useStore(({ width, height }) => ({ width, height }), sameSize);
  const placed = useRef('');
  const ready = cards.length > 0 && width > 0;
  const right = Math.max(0, ...cards.slice(0, 10_000).map(({ position }) => position.x));
  const extent = `${cards.length} ${Math.round(right)}`;
  const cardOf = (id: string | undefined): Card | undefined => {
    const shownAs = id === undefined ? undefined : shownBy.get(id);
    return shownAs === undefined ? undefined : cards.find((card) => card.id === shownAs);
  };
  const goTo = ({ position }: Card, zoom: number): void => {
    void flow.setCenter(position.x + nodeWidth / 2, position.y + nodeHeight / 2, { zoom });
  };
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
      const urgent = cards.find(({ data }) => data.status !== undefined && attention.has(data.status));
      const target = cardOf(selected) ?? urgent ?? cards[0];
      if (target !== undefined) goTo(target, closeUpZoom);
    }
    // Later pictures of the same extent leave the view to who looks at it.
  }, [ready, extent, width, height, wholeFrom]);
  useEffect(() => {
    const card = ready ? cardOf(selected) : undefined;
    if (card === undefined) return;
    const { x, y, zoom } = flow.getViewport();
    const [left, top] = [card.position.x * zoom + x, card.position.y * zoom + y];
    const isSeen =
      left >= 0 && top >= 0 && left + nodeWidth * zoom <= width && top + nodeHeight * zoom <= height;
    if (!isSeen) goTo(card, zoom);
    // The room has changed, or what is selected; a new picture moves nothing.
  }, [ready, selected, width, height]);
  useEffect(() => {
    const card = ready ? cardOf(focus?.id) : undefined;
    if (card !== undefined) goTo(card, Math.max(closeUpZoom, flow.getZoom()));
    // A new turn asks, not a new picture.
  }, [focus, ready]);
  return null;
}

function sameSize(a: { width: number; height: number }, b: { width: number; height: number }): boolean {
  return a.width === b.width && a.height === b.height;
}
