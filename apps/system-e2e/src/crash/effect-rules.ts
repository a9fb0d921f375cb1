import type { JournalEvent } from '@workflow-engine/contracts';

import type { Effect } from '../effect-upstream';
import type { Generation } from './generations';

/**
 * How old the unarchived end of a journal may be when the engine is killed. The engine aims at a second; this
 * leaves room for a machine that is busy with other things.
 */
const lostTailMs = 4_000;

/**
 * Effects of a node that the journal does not explain. Within one run of the engine a node is called once for
 * each time its journal says that a task went out. What a killed run did at its very end may have been lost with
 * the end of the journal; then, and only then, there may be calls that the journal knows nothing of.
 */
export function unexplainedEffects(
  nodeId: string,
  effects: readonly Effect[],
  events: readonly JournalEvent[],
  generations: readonly Generation[],
): readonly string[] {
  return generations.flatMap((generation) => {
    const { number, killedAt } = generation;
    const made = effects.filter((effect) => effect.generation === number);
    const dispatched = events.filter(
      (event) => isDispatch(event, nodeId) && isWithin(event, generation),
    ).length;
    const excess = made.length - dispatched;
    if (excess <= 0) return [];
    const lost = made.filter(({ at }) => killedAt !== undefined && at >= killedAt - lostTailMs).length;
    return lost >= excess
      ? []
      : [`${nodeId}: ${made.length} calls in run ${number}, ${dispatched} dispatched, ${lost} at its end`];
  });
}

function isDispatch(event: JournalEvent, nodeId: string): boolean {
  return (event.type === 'NodeScheduled' || event.type === 'TaskRedelivered') && event.node_id === nodeId;
}

function isWithin({ at }: JournalEvent, { from, killedAt }: Generation): boolean {
  const time = Date.parse(at);
  return time >= from && time <= (killedAt ?? Infinity);
}
