/** How far Home looks back: what is asked of the engine, in the words of people and of the search. */
export const windows = {
  PT15M: { ms: 900_000, name: '15 minutes', each: '20 s', within: '15m' },
  PT1H: { ms: 3_600_000, name: 'hour', each: 'minute', within: '1h' },
  PT6H: { ms: 21_600_000, name: '6 hours', each: '6 minutes', within: '6h' },
  P1D: { ms: 86_400_000, name: 'day', each: '24 minutes', within: '1d' },
} as const;

export type Window = keyof typeof windows;

export function windowOf(text: string | null): Window {
  return text !== null && Object.hasOwn(windows, text) ? (text as Window) : 'PT1H';
}
