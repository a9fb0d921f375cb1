import type { NodeStatus } from '@workflow-engine/contracts';
import { type Edge, Position } from '@xyflow/react';

import type { JournalState, NodeState } from '../journal/fold';
import { duration } from '../ui/format';
import { statusWord } from '../ui/status';
import { nodeHeight, nodeWidth, type Layout } from './layout';
import type { Card, CardData } from './node-card';
import type { Shown, ShownGraph } from './stacks';
import type { WorkflowGraph } from './workflow-graph';

/** A stack shows the status that wants attention most. */
const urgency: readonly NodeStatus[] = [
  'FAILED',
  'TIMED_OUT',
  'PARKED',
  'RUNNING',
  'SCHEDULED',
  'WAITING',
  'PENDING',
  'CANCELLED',
  'COMPLETED',
  'SKIPPED',
];

export interface Picture {
  readonly graph: WorkflowGraph;
  readonly shown: ShownGraph;
  readonly layout: Layout;
  readonly state: JournalState | undefined;
  readonly selected: string | undefined;
  /** Nodes to bring out; the others step back. */
  readonly path: ReadonlySet<string> | undefined;
}

const handle = { x: 0, y: nodeHeight / 2, width: 1, height: 1 };
const handles = [
  { ...handle, type: 'target' as const, position: Position.Left },
  { ...handle, type: 'source' as const, position: Position.Right, x: nodeWidth },
];

/** Cards for React Flow. One that looks as before is the same object, so that it is not drawn again. */
export function cardsOf(picture: Picture, before: ReadonlyMap<string, Card>): ReadonlyMap<string, Card> {
  const cards = new Map<string, Card>();
  for (const shown of picture.shown.shown.values()) {
    const position = picture.layout.get(shown.id);
    if (position === undefined) continue;
    const card = cardOf(picture, shown, position);
    const known = before.get(shown.id);
    cards.set(shown.id, known !== undefined && looksAs(known, card) ? known : card);
  }
  return cards;
}

function cardOf(picture: Picture, shown: Shown, position: { readonly x: number; readonly y: number }): Card {
  const data = dataOf(picture, shown);
  const selected = picture.selected !== undefined && picture.shown.shownBy.get(picture.selected) === shown.id;
  return {
    id: shown.id,
    type: 'card',
    position: { ...position },
    width: nodeWidth,
    height: nodeHeight,
    measured: { width: nodeWidth, height: nodeHeight },
    handles,
    data,
    selected,
    ariaLabel: labelOf(data),
  };
}

function labelOf({ label, handler, status, note, counts }: CardData): string {
  if (counts === undefined) {
    return [label, handler, status === undefined ? '' : statusWord(status), note]
      .filter((part) => part !== '')
      .join(', ');
  }
  if (counts.length === 0) return `${label}. Enter opens the stack.`;
  return `${label}: ${counts.map(([one, number]) => `${number} ${statusWord(one)}`).join(', ')}. Enter opens the stack.`;
}

function dataOf({ graph, state, path }: Picture, { id, members }: Shown): CardData {
  const handler = graph.nodes.get(id)?.handler ?? '';
  const emphasis = path === undefined ? 'none' : members.some((one) => path.has(one)) ? 'path' : 'dimmed';
  if (members.length === 1) {
    const node = state?.nodes.get(id);
    return {
      label: id,
      handler,
      status: node?.status ?? (state === undefined ? undefined : 'PENDING'),
      note: node === undefined ? '' : noteOn(node),
      counts: undefined,
      emphasis,
    };
  }
  const label = `${handler} × ${members.length}`;
  if (state === undefined) return { label, handler, status: undefined, note: '', counts: [], emphasis };
  const tally = new Map<NodeStatus, number>();
  for (const member of members) {
    const status = state.nodes.get(member)?.status ?? 'PENDING';
    tally.set(status, (tally.get(status) ?? 0) + 1);
  }
  const counts = urgency.flatMap((status) => {
    const number = tally.get(status);
    return number === undefined ? [] : [[status, number] as const];
  });
  return {
    label,
    handler,
    status: counts[0]?.[0] ?? 'PENDING',
    note: '',
    counts,
    emphasis,
  };
}

function noteOn({ status, attempts, firstAt, endedAt }: NodeState): string {
  const last = attempts.at(-1);
  const tries = last !== undefined && last.attempt > 1 ? `↻${last.attempt}` : '';
  if (firstAt === undefined || status === 'SKIPPED') return '';
  const rest = endedAt === undefined ? statusWord(status) : duration(endedAt - firstAt);
  if (tries === '') return endedAt === undefined ? '' : rest;
  return `${tries} · ${rest}`;
}

function looksAs(a: Card, b: Card): boolean {
  return (
    a.selected === b.selected &&
    a.position.x === b.position.x &&
    a.position.y === b.position.y &&
    a.ariaLabel === b.ariaLabel &&
    a.data.emphasis === b.data.emphasis
  );
}

export function edgesOf(shown: ShownGraph, path: ReadonlySet<string> | undefined): Edge[] {
  const inPath = (id: string): boolean => shown.shown.get(id)?.members.some((one) => path?.has(one)) === true;
  return shown.edges.map(([source, target]) => ({
    id: `${source}\n${target}`,
    source,
    target,
    focusable: false,
    className: path === undefined ? '' : inPath(source) && inPath(target) ? 'edge-path' : 'edge-dimmed',
  }));
}
