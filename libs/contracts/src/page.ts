/** One page of a list. `next_cursor` goes into `?cursor=` of the next call; null on the last page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}
