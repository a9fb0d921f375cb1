import type { ArchiveEntry, HotPosition, PartitionLease, TimelineBegin } from '@workflow-engine/execution';

import type { Session } from '../database/database';

/** Numbers come as text: TypeORM and the drivers do not agree on what a bigint is. */
interface PartitionTimeline {
  readonly partition: number;
  /** The current one. */
  readonly timeline: string;
}

interface ArchivedPartition extends PartitionTimeline {
  /** The last turn that is archived, and the timeline that it belongs to. */
  readonly turn: string;
  readonly archived_timeline: string;
}

/**
 * Entries of their partition's current timeline; of the others only the partitions. The rows stay locked until the
 * transaction ends, so that no timeline begins in between.
 */
export async function ofCurrentTimeline(
  session: Session,
  entries: readonly ArchiveEntry[],
): Promise<{ readonly current: readonly ArchiveEntry[]; readonly leftOut: readonly number[] }> {
  const newest = new Map<string, HotPosition>();
  for (const { position } of entries) {
    const key = `${position.partition} ${position.timeline}`;
    if (position.turn >= (newest.get(key)?.turn ?? 0)) newest.set(key, position);
  }
  const positions = [...newest.values()];
  // In one order for all, so that two archivers wait instead of deadlock.
  const rows = await session.prepared<PartitionTimeline>(
    `WITH locked AS (
       SELECT partition, timeline FROM partitions
       WHERE partition = ANY ($1::integer[]) ORDER BY partition FOR UPDATE
     ), noted AS (
       UPDATE partitions p SET turn = t.turn, archived_timeline = t.timeline
       FROM locked l JOIN unnest($1::integer[], $2::bigint[], $3::bigint[]) AS t (partition, timeline, turn)
         USING (partition, timeline)
       WHERE p.partition = l.partition AND p.turn < t.turn
     )
     SELECT partition, timeline::text FROM locked`,
    [
      positions.map(({ partition }) => partition),
      positions.map(({ timeline }) => timeline),
      positions.map(({ turn }) => turn),
    ],
  );
  const timelines = new Map(rows.map(({ partition, timeline }) => [partition, Number(timeline)]));
  const isCurrent = ({ position }: ArchiveEntry): boolean =>
    timelines.get(position.partition) === position.timeline;
  const others = entries.filter((entry) => !isCurrent(entry));
  return {
    current: entries.filter(isCurrent),
    leftOut: [...new Set(others.map(({ position }) => position.partition))],
  };
}

/** Waits for the archivers that are writing to the partition. */
export async function beginTimeline(
  session: Session,
  { partition, epoch }: PartitionLease,
  current: number,
): Promise<TimelineBegin> {
  await session.query('INSERT INTO partitions VALUES ($1, 0, 0, 0) ON CONFLICT DO NOTHING', [partition]);
  const [row] = await session.query<ArchivedPartition>(
    `SELECT partition, timeline::text, turn::text, archived_timeline::text FROM partitions
     WHERE partition = $1 FOR UPDATE`,
    [partition],
  );
  const timeline = Number(row?.timeline ?? 0);
  if (timeline !== current) return { outcome: 'superseded', timeline };
  await session.query('UPDATE partitions SET timeline = $2 WHERE partition = $1', [partition, epoch]);
  const archived = { timeline: Number(row?.archived_timeline ?? 0), turn: Number(row?.turn ?? 0) };
  return { outcome: 'begun', archived };
}
