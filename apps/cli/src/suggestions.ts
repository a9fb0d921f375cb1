/** Commander also suggests what is far from the mistyped word ("logs" for "bogus"); only what is near stays. */
export function withNearSuggestions(error: string): string {
  const typed = /unknown (?:command|option) '-*([^']+)'/.exec(error)?.[1] ?? '';
  return error.replace(/\n\(Did you mean (?:one of )?(.+)\?\)/, (line, names: string) =>
    names.split(', ').some((name) => isNear(typed, name.replace(/^-+/, ''))) ? line : '',
  );
}

/** At most a third of the letters is wrong: one of three to five, two of six to eight. */
function isNear(typed: string, name: string): boolean {
  return distance(typed, name) * 3 <= Math.max(typed.length, name.length);
}

/** Optimal string alignment: letters added, left out, replaced, or swapped with their neighbour. */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Infinity;
  for (let i = 1; i <= a.length; i++) {
    rows.push([i]);
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? at(i - 2, j - 2) + 1 : Infinity;
      rows[i]?.push(Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, replaced, swapped));
    }
  }
  return at(a.length, b.length);
}
