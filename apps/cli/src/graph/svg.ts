import { type OutlineNode, ranksOf } from './outline';
import { statusColours } from './text-formats';

const box = { height: 44, gapX: 56, gapY: 16, margin: 20 };
/** Pixels of a character of the font below, on the generous side. */
const characterWidth = 7.5;
const longest = 32;

interface Placed {
  readonly node: OutlineNode;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** A picture that needs no other program: ranks from left to right, each ordered by where its dependencies lie. */
export function toSvg(name: string, nodes: readonly OutlineNode[]): string {
  const placed = place(nodes);
  const right = Math.max(0, ...[...placed.values()].map(({ x, width }) => x + width)) + box.margin;
  const bottom = Math.max(0, ...[...placed.values()].map(({ y }) => y + box.height)) + box.margin;
  const edges = nodes.flatMap((node) =>
    node.dependencies.map((from) => edge(placed.get(from), placed.get(node.id))),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${right} ${bottom}" width="${right}" height="${bottom}"`,
    '  font-family="ui-sans-serif, system-ui, sans-serif" font-size="13">',
    `<title>${escaped(name)}</title>`,
    `<g fill="none" stroke="#8c959f" stroke-width="1.5">`,
    ...edges,
    '</g>',
    ...[...placed.values()].map(card),
    '</svg>',
    '',
  ].join('\n');
}

function place(nodes: readonly OutlineNode[]): ReadonlyMap<string, Placed> {
  const ranks = ranksOf(nodes);
  const columns: OutlineNode[][] = [];
  for (const node of nodes) (columns[ranks.get(node.id) ?? 0] ??= []).push(node);
  const placed = new Map<string, Placed>();
  const tallest = Math.max(0, ...columns.map((column) => column.length));
  let x = box.margin;
  for (const column of columns) {
    const width = Math.max(...column.map(widthOf));
    const top = box.margin + ((tallest - column.length) * (box.height + box.gapY)) / 2;
    const height = new Map(column.map((node) => [node.id, meanHeight(node, placed)]));
    column.sort((a, b) => (height.get(a.id) ?? 0) - (height.get(b.id) ?? 0));
    column.forEach((node, index) =>
      placed.set(node.id, { node, x, y: top + index * (box.height + box.gapY), width }),
    );
    x += width + box.gapX;
  }
  return placed;
}

function meanHeight({ dependencies }: OutlineNode, placed: ReadonlyMap<string, Placed>): number {
  const heights = dependencies.map((id) => placed.get(id)?.y ?? 0);
  return heights.length === 0 ? 0 : heights.reduce((sum, y) => sum + y, 0) / heights.length;
}

function widthOf({ id, handler }: OutlineNode): number {
  return Math.ceil(Math.min(longest, Math.max(6, id.length, handler.length)) * characterWidth) + 24;
}

function edge(from: Placed | undefined, to: Placed | undefined): string {
  if (from === undefined || to === undefined) return '';
  const [x1, y1] = [from.x + from.width, from.y + box.height / 2];
  const [x2, y2] = [to.x, to.y + box.height / 2];
  const bend = Math.min(40, (x2 - x1) / 2);
  return `<path d="M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}"/>`;
}

function card({ node, x, y, width }: Placed): string {
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
