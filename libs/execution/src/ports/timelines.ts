import type { PartitionLease } from './partition-leases';

/** A place in the history of a partition's hot data. */
export interface HotPosition {
  readonly partition: number;
  readonly timeline: number;
  /** The commit, counted through all timelines. */
  readonly turn: number;
}

export type TimelineBegin =
  | {
      readonly outcome: 'begun';
      /** Where the archive stands: the timeline before, and the last turn that is archived. */
      readonly archived: Omit<HotPosition, 'partition'>;
    }
  /** An owner with a later epoch was here before. */
  | { readonly outcome: 'superseded'; readonly timeline: number };

/**
 * What the system of record knows of the hot data of each partition. Hot data may be lost, or come back as it was a
 * while ago; whoever finds that this may have happened begins a new timeline (a branch of history, as PostgreSQL calls
 * it after a recovery), so that what was on its way from the older ones cannot be mixed with what happens now.
 */
export interface Timelines {
  /**
   * Begins the timeline that is named after the owner's epoch. From now on journals of older ones are not archived;
   * when it resolves, none of them is under way any more.
   */
  begin(lease: PartitionLease): Promise<TimelineBegin>;
}
