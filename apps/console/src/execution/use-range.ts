import { useEffect, useState } from 'react';

import type { PutParameters } from '../ui/use-address';
import type { TimeRange } from './bars';

/** Browsers refuse more than about a hundred changes of the address in 30 s. */
const settleMs = 250;

/** The part of the time that is shown: at once in the page, and in the address when it has settled. */
export function useRange(
  text: string | null,
  put: PutParameters,
): readonly [TimeRange | undefined, (range: TimeRange | undefined) => void] {
  const [range, setRange] = useState(() => rangeOf(text));
  useEffect(() => {
    const value = range === undefined ? undefined : `${Math.round(range.from)}-${Math.round(range.to)}`;
    if (value === (text ?? undefined)) return;
    const timer = setTimeout(() => put({ range: value }), settleMs);
    return () => clearTimeout(timer);
    // What the address says is this page's own.
  }, [range]);
  return [range, setRange];
}

function rangeOf(text: string | null): TimeRange | undefined {
  const [, from, to] = /^(\d+)-(\d+)$/.exec(text ?? '') ?? [];
  return Number(from) < Number(to) ? { from: Number(from), to: Number(to) } : undefined;
}
