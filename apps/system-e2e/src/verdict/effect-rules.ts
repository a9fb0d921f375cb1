import type { JournalEvent } from '@workflow-engine/contracts';

import type { Effect } from '../effect-upstream';

/** What was under way at a loss may reach the upstream a little later. */
const underWayMs = 1_000;

/**
 * The engine may have forgotten what it had not archived: an embedded engine that is killed, a Redis that loses all or
 * its last seconds. In epoch milliseconds.
 */
export interface Loss {
  /** All that is older was archived. */
  readonly from: number;
  readonly at: number;
}

/** What explains calls of a task besides its journal. */
export interface Circumstances {
  readonly losses?: readonly Loss[];
  /** When a task (`<execution id>:<node id>`) was sent once more by somebody who is not the engine. */
  readonly deliveredAgain?: (key: string) => readonly number[];
  /** By how much the clocks of those who wrote the journal may have been ahead of the upstream's. */
  readonly clockAheadMs?: number;
}

/**
 * Effects of a node that nothing explains. A node is called once for each time its journal says that a task goes out,
 * and never before that, unless its worker has gone on by itself after the task before. What was not archived when
 * something was lost runs again; then, and only then, there may be calls that the journal knows nothing of.
 */
export function unexplainedEffects(
  nodeId: string,
  effects: readonly Effect[],
  events: readonly JournalEvent[],
  { losses = [], deliveredAgain = () => [], clockAheadMs = 0 }: Circumstances,
): readonly string[] {
  if (effects.length === 0) return [];
  const journaled = events.flatMap((event, index) =>
    isDispatch(event, nodeId) ? [dispatchedAt(event, events[index - 1])] : [],
  );
  const dispatches = [
    ...journaled.map((time) => time - clockAheadMs),
    ...effects.slice(0, 1).flatMap(({ key }) => deliveredAgain(key)),
  ];
  const faults: string[] = [];
  let explained = 0;
  for (const [index, { at }] of effects.entries()) {
    const dispatched = dispatches.filter((time) => time <= at).length;
    if (explained < dispatched) explained += 1;
    else if (!losses.some((loss) => at >= loss.from && at <= loss.at + underWayMs))
      faults.push(
        `${nodeId}: call ${index + 1} at ${isoTime(at)}, ${dispatched} dispatched; lost was ${inWords(losses)}`,
      );
  }
  return faults;
}

/** In epoch milliseconds: the earliest that the call may have been made. */
function dispatchedAt(event: JournalEvent, before: JournalEvent | undefined): number {
  const at = Date.parse(event.at);
  if (event.type !== 'NodeScheduled' || before?.type !== 'NodeCompleted') return at;
  return before.started_at === undefined ? at : Math.min(at, Date.parse(before.started_at));
}

function inWords(losses: readonly Loss[]): string {
  return losses.map(({ from, at }) => `${isoTime(from)} to ${isoTime(at)}`).join(', ') || 'nothing';
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

function isDispatch(event: JournalEvent, nodeId: string): boolean {
  return (event.type === 'NodeScheduled' || event.type === 'TaskRedelivered') && event.node_id === nodeId;
}
