/** Tells what happens, if anybody wants to know. */
export type Trace = (who: string, what: string, args?: readonly unknown[], result?: unknown) => void;

export const silentTrace: Trace = () => undefined;

const MAX_CHARS = 400;

/** One line for each thing that happens. The same seed, the same lines. */
export function traceTo(write: (line: string) => void, now: () => number): Trace {
  const begin = now();
  return (who, what, args, result) => {
    const seconds = ((now() - begin) / 1000).toFixed(3).padStart(8);
    const call = args === undefined ? what : `${what}(${args.map(text).join(', ')})`;
    write(`${seconds} ${who.padEnd(16)} ${call}${result === undefined ? '' : ` -> ${text(result)}`}`);
  };
}

function text(value: unknown): string {
  const written = value instanceof Error ? `${value.name}: ${value.message}` : JSON.stringify(value, plain);
  return (written as string | undefined)?.replace(UUID, '$1').slice(0, MAX_CHARS) ?? String(value);
}

/** Ids are told by their last characters. */
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{8}([0-9a-f]{4})/g;

function plain(_: string, value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value as ReadonlyMap<string, unknown>);
  return value instanceof AbortSignal || typeof value === 'function' ? undefined : value;
}
