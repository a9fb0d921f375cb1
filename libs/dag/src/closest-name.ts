/**
 * "Did you mean": the candidate nearest to a misspelt name. Work is bounded, because both the name and the
 * candidates (100,000 node ids, say) come from whoever submits a definition.
 */

/** Steps of the distance table still allowed, shared by as many calls as draw on it. One step is some 10 ns. */
export interface WorkBudget {
  left: number;
}

const longestName = 160;
const defaultBudget = 10_000_000;

/**
 * The first of the candidates with the smallest edit distance (optimal string alignment; case and `-`/`_` do
 * not count), if it is near enough to be what was meant; else undefined, also when the budget ran out first.
 */
export function closestName(
  name: string,
  candidates: Iterable<string>,
  budget: WorkBudget = { left: defaultBudget },
): string | undefined {
  if (name.length === 0 || name.length > longestName) return undefined;
  const folded = fold(name);
  let limit = Math.min(3, Math.ceil(folded.length / 3));
  let closest: string | undefined;
  for (const candidate of candidates) {
    if (budget.left <= 0 || limit < 0) break;
    budget.left -= 8;
    if (candidate === name || Math.abs(candidate.length - folded.length) > limit) continue;
    const distance = boundedDistance(folded, fold(candidate), limit, budget);
    // A name that shares nothing with the candidate ("ab" for "xy") is no misspelling of it.
    if (distance <= limit && distance < Math.max(folded.length, candidate.length)) {
      closest = candidate;
      limit = distance - 1;
    }
  }
  return closest;
}

/** `. Did you mean "x"?` or nothing, to be put behind a sentence. */
export function didYouMean(name: string | undefined): string {
  return name === undefined ? '' : ` Did you mean ${JSON.stringify(name)}?`;
}

function fold(name: string): string {
  return name.toLowerCase().replaceAll('-', '_');
}

const rows = [0, 1, 2].map(() => new Uint8Array(longestName + 8)) as [Uint8Array, Uint8Array, Uint8Array];

/** Optimal string alignment distance inside a diagonal band of ±limit; anything above limit is limit + 1. */
function boundedDistance(a: string, b: string, limit: number, budget: WorkBudget): number {
  if (a === b) return 0;
  const over = limit + 1;
  if (limit === 0 || Math.abs(a.length - b.length) > limit) return over;
  let [before, previous, current] = rows;
  for (let j = 0; j <= b.length; j++) previous[j] = j < over ? j : over;
  let smallestBefore = 0;
  for (let i = 1; i <= a.length; i++) {
    const from = i > limit ? i - limit : 1;
    const to = i + limit < b.length ? i + limit : b.length;
    current[from - 1] = from === 1 && i < over ? i : over;
    let smallest = over;
    for (let j = from; j <= to; j++) {
      const cell = cellOf(a, b, i, j, before, previous, current);
      current[j] = cell < over ? cell : over;
      if (cell < smallest) smallest = cell;
    }
    if (to < b.length) current[to + 1] = over;
    budget.left -= to - from + 2;
    // The row after this one can still be entered from the row before it (a transposition).
    if (smallest > limit && smallestBefore > limit) return over;
    smallestBefore = smallest;
    [before, previous, current] = [previous, current, before];
  }
  return at(previous, b.length);
}

function cellOf(
  a: string,
  b: string,
  i: number,
  j: number,
  before: Uint8Array,
  previous: Uint8Array,
  current: Uint8Array,
): number {
  const [lastA, lastB] = [a.charCodeAt(i - 1), b.charCodeAt(j - 1)];
  if (lastA === lastB) return at(previous, j - 1);
  const replaced = at(previous, j - 1);
  const removed = at(previous, j);
  const added = at(current, j - 1);
  let least = replaced < removed ? replaced : removed;
  if (added < least) least = added;
  if (i > 1 && j > 1 && lastA === b.charCodeAt(j - 2) && lastB === a.charCodeAt(i - 2)) {
    const swapped = at(before, j - 2);
    if (swapped < least) least = swapped;
  }
  return least + 1;
}

function at(row: Uint8Array, index: number): number {
  return row[index] ?? 255;
}
