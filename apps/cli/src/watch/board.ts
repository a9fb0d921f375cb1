import { clipped, harmless, type Paint, paintMark, paintStatus } from '../paint';
import type { Screen } from '../terminal';
import { duration } from '../times';
import type { Progress, WatchedNode } from './progress';

/** What the eye looks for first. */
const urgency: readonly WatchedNode['status'][] = [
  'FAILED',
  'TIMED_OUT',
  'PARKED',
  'RUNNING',
  'WAITING',
  'SCHEDULED',
  'CANCELLED',
  'COMPLETED',
  'SKIPPED',
  'PENDING',
];

/** The execution on so many rows and columns, as lines. */
export function board(progress: Progress, screen: Screen, paint: Paint, now: number, live = true): string[] {
  const columns = Math.max(40, screen.columns ?? 80);
  const room = live ? Math.max(3, (screen.rows ?? 24) - 4) : Infinity;
  const shown = chosen(progress.nodes, room);
  const idWidth = Math.min(
    40,
    Math.max(8, ...shown.map(({ id, depth }) => id.length + indent(depth).length)),
  );
  return [
    `${paintStatus(paint, progress.status)} ${paint('bold', harmless(progress.name))} ${paint('dim', progress.executionId)}`,
    ...shown.map((node) => row(node, idWidth, columns, paint, now)),
    ...(shown.length < progress.nodes.length ? [rest(progress.nodes, shown, paint)] : []),
    bar(progress, columns, paint, now),
  ];
}

function chosen(nodes: readonly WatchedNode[], room: number): readonly WatchedNode[] {
  if (nodes.length <= room) return nodes;
  const urgent = [...nodes].sort((a, b) => urgency.indexOf(a.status) - urgency.indexOf(b.status));
  const kept = new Set(urgent.slice(0, room - 1));
  return nodes.filter((node) => kept.has(node));
}

function row(node: WatchedNode, idWidth: number, columns: number, paint: Paint, now: number): string {
  const name = clipped(`${indent(node.depth)}${node.id}`, idWidth).padEnd(idWidth);
  const end = node.finishedAt ?? now;
  const time = node.startedAt === undefined ? '' : duration(end - node.startedAt);
  const attempt = node.attempt > 1 ? ` attempt ${node.attempt}` : '';
  const plain = `${node.status}${attempt} ${time}`.trimEnd().padEnd(24);
  const note = clipped(harmless(node.note).replaceAll('\n', ' '), columns - idWidth - 32);
  const text = node.status === 'PENDING' ? paint('dim', name) : name;
  return `  ${paintMark(paint, node.status)} ${text} ${paint('dim', plain)} ${note}`.trimEnd();
}

function indent(depth: number): string {
  return '  '.repeat(Math.min(depth, 8));
}

function rest(nodes: readonly WatchedNode[], shown: readonly WatchedNode[], paint: Paint): string {
  const hidden = new Set(nodes);
  for (const node of shown) hidden.delete(node);
  const counts = new Map<string, number>();
  for (const { status } of hidden) counts.set(status, (counts.get(status) ?? 0) + 1);
  const told = [...counts].map(([status, count]) => `${count} ${status}`).join(', ');
  return paint('dim', `  … and ${hidden.size} more: ${told}`);
}

function bar(progress: Progress, columns: number, paint: Paint, now: number): string {
  const total = progress.nodes.length;
  const share = total === 0 ? 1 : progress.finished / total;
  const width = Math.min(40, columns - 30);
  const filled = Math.floor(share * width);
  const time =
    progress.startedAt === undefined
      ? ''
      : duration((progress.isOver ? progress.now : now) - progress.startedAt);
  const line = `${paint('green', '█'.repeat(filled))}${paint('dim', '░'.repeat(width - filled))}`;
  return `  ${line} ${progress.finished}/${total} ${Math.floor(share * 100)} % ${time}`;
}
