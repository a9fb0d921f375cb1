import { type OutlineNode, ranksOf } from './outline';
import { statusColours } from './text-formats';

const box = { height: 44, gapX: 56, gapY: 16, margin: 20 };
/** What an edge takes of a column that it only passes. */
const laneHeight = 8;
/** Pixels of a character of the bold font below, on the generous side. */
const characterWidth = 8.4;
/** What the widest letters take on top of it. */
const wideLetter = { pattern: /[mwMW@]/g, extra: 4 };
const longest = 32;

/** A place in a column: of a node, or of the edges of one node that pass the column on their way. */
interface Slot {
  readonly node?: OutlineNode;
  /** Slots of the column before that lead here. */
  readonly from: readonly string[];
}

interface Placed extends Slot {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A picture that needs no other program: ranks from left to right, each ordered by where its dependencies lie. */
export function toSvg(name: string, nodes: readonly OutlineNode[]): string {
  const ranks = ranksOf(nodes);
  const placed = place(columnsOf(nodes, ranks));
  const all = [...placed.values()];
  const right = Math.max(0, ...all.map(({ x, width }) => x + width)) + box.margin;
  const bottom = Math.max(0, ...all.map(({ y, height }) => y + height)) + box.margin;
  const cards = all.flatMap((slot) => (slot.node === undefined ? [] : [card(slot.node, slot)]));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${right} ${bottom}" width="${right}" height="${bottom}"`,
    '  font-family="ui-sans-serif, system-ui, sans-serif" font-size="13">',
    `<title>${escaped(name)}</title>`,
    `<g fill="none" stroke="#8c959f" stroke-width="1.5">`,
    ...all.flatMap((slot) => lines(slot, placed)),
    '</g>',
    ...cards,
    '</svg>',
    '',
  ].join('\n');
}

/** By rank; an edge over several ranks gets a lane in each between, which all edges of its start share. */
function columnsOf(
  nodes: readonly OutlineNode[],
  ranks: ReadonlyMap<string, number>,
): readonly ReadonlyMap<string, Slot>[] {
  const rankOf = (id: string): number => ranks.get(id) ?? 0;
  const columns: Map<string, Slot>[] = [];
  const column = (rank: number): Map<string, Slot> => (columns[rank] ??= new Map<string, Slot>());
  const slotAt = (id: string, rank: number): string => (rankOf(id) === rank ? id : `${id}@${rank}`);
  for (const node of [...nodes].sort((a, b) => rankOf(a.id) - rankOf(b.id))) {
    const rank = rankOf(node.id);
    column(rank).set(node.id, { node, from: node.dependencies.map((id) => slotAt(id, rank - 1)) });
    for (const id of node.dependencies) {
      for (let lane = rankOf(id) + 1; lane < rank; lane++) {
        column(lane).set(slotAt(id, lane), { from: [slotAt(id, lane - 1)] });
      }
    }
  }
  return columns;
}

function place(columns: readonly ReadonlyMap<string, Slot>[]): ReadonlyMap<string, Placed> {
  const placed = new Map<string, Placed>();
  const heightOf = (slot: Slot): number => (slot.node === undefined ? laneHeight : box.height);
  const tallness = (slots: Iterable<Slot>): number =>
    Array.from(slots, (slot) => heightOf(slot) + box.gapY).reduce((sum, height) => sum + height, 0);
  const tallest = Math.max(0, ...columns.map((column) => tallness(column.values())));
  let x = box.margin;
  for (const column of columns) {
    const width = Math.max(...Array.from(column.values(), widthOf));
    let y = box.margin + (tallest - tallness(column.values())) / 2;
    const ordered = Array.from(column, ([key, slot]) => ({ key, slot, mean: meanHeight(slot, placed) }));
    for (const { key, slot } of ordered.sort((a, b) => a.mean - b.mean)) {
      const height = heightOf(slot);
      placed.set(key, { ...slot, x, y, width, height });
      y += height + box.gapY;
    }
    x += width + box.gapX;
  }
  return placed;
}

function meanHeight({ from }: Slot, placed: ReadonlyMap<string, Placed>): number {
  const heights = from.map((key) => middle(placed.get(key)));
  return heights.length === 0 ? 0 : heights.reduce((sum, y) => sum + y, 0) / heights.length;
}

function middle(slot: Placed | undefined): number {
  return slot === undefined ? 0 : slot.y + slot.height / 2;
}

function widthOf({ node }: Slot): number {
  if (node === undefined) return 0;
  const shown = node.id.slice(0, longest);
  const id =
    shown.length * characterWidth + (shown.match(wideLetter.pattern)?.length ?? 0) * wideLetter.extra;
  const handler = Math.min(longest, Math.max(6, node.handler.length)) * characterWidth;
  return Math.ceil(Math.max(id, handler)) + 24;
}

/** What leads to a slot, and through it when it is a lane. */
function lines(slot: Placed, placed: ReadonlyMap<string, Placed>): readonly string[] {
  const y2 = middle(slot);
  const through = slot.node === undefined ? ` H${slot.x + slot.width}` : '';
  return slot.from.flatMap((key) => {
    const from = placed.get(key);
    if (from === undefined) return [];
    const [x1, y1] = [from.x + from.width, middle(from)];
    const bend = box.gapX / 2;
    return [`<path d="M${x1} ${y1} C${x1 + bend} ${y1} ${slot.x - bend} ${y2} ${slot.x} ${y2}${through}"/>`];
  });
}

function card(node: OutlineNode, { x, y, width }: Placed): string {
  const [fill, line] = statusColours[node.status ?? 'PENDING'];
  const label = node.status === undefined ? node.handler : `${node.handler} · ${node.status}`;
  const hint = `<title>${escaped([node.id, label].join('\n'))}</title>`;
  return [
    `<g>${hint}<rect x="${x}" y="${y}" width="${width}" height="${box.height}" rx="6" fill="${fill}" stroke="${line}"/>`,
    `<text x="${x + 12}" y="${y + 19}" fill="#1f2328" font-weight="600">${escaped(shortened(node.id))}</text>`,
    `<text x="${x + 12}" y="${y + 35}" fill="#59636e" font-size="11">${escaped(shortened(node.handler))}</text></g>`,
  ].join('');
}

function shortened(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}

/** Names come from anybody. Characters that XML has no place for are left out. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
