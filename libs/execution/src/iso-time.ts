let latestMs = NaN;
let latest = '';

/** ISO 8601 UTC. Much happens within a millisecond, and writing a time takes as long as many a decision. */
export function isoTime(ms: number): string {
  if (ms !== latestMs) {
    latest = new Date(ms).toISOString();
    latestMs = ms;
  }
  return latest;
}
