import { Failure } from './terminal';

/** As people say it: 340 ms, 4.2 s, 3 min 5 s, 2 h 10 min. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
}

export function between(from: string | null, to: string | null, now: number): string {
  if (from === null) return '';
  return duration((to === null ? now : Date.parse(to)) - Date.parse(from));
}

export function ago(time: string, now: number): string {
  return `${duration(now - Date.parse(time))} ago`;
}

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30m`, `2h`, `1d`, or an ISO 8601 time. */
export function since(text: string, now: number): string {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const time = count === undefined ? Date.parse(text) : now - Number(count) * (units[unit] ?? 0);
  if (Number.isNaN(time)) {
    throw new Failure(
      `"${text}" is no time.`,
      'Give an age such as 30m, 2h, 1d, or a time: 2026-01-31T08:00:00Z.',
    );
  }
  return new Date(time).toISOString();
}
