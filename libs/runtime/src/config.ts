/**
 * Reads settings from environment variables: every app lists its settings once, and a wrong environment is
 * told completely, at boot, before anything is opened.
 */

export interface Setting<T> {
  /** What the value must be, for messages: "a whole number from 1 to 65535". */
  readonly expects: string;
  /** Used when the variable is missing or empty; without it the variable is required. */
  readonly fallback?: T;
  /** Undefined when the text is not acceptable. */
  parse(text: string): T | undefined;
}

export type Settings = Readonly<Record<string, Setting<unknown>>>;
export type ConfigOf<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};

/** All that is wrong with the environment, one line per variable. */
export class InvalidConfigError extends Error {
  readonly code = 'INVALID_CONFIG';
  readonly retryable = false;
  override readonly name = 'InvalidConfigError';

  constructor(readonly faults: readonly string[]) {
    super(`the configuration is not valid:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  }
}

/** @throws {InvalidConfigError} naming every variable that is missing or wrong */
export function readConfig<S extends Settings>(
  env: Readonly<Record<string, string | undefined>>,
  settings: S,
): ConfigOf<S> {
  const values: Record<string, unknown> = {};
  const faults: string[] = [];
  for (const [name, setting] of Object.entries(settings)) {
    const text = env[name]?.trim() ?? '';
    if (text === '') {
      if (!('fallback' in setting)) faults.push(`${name} is required: ${setting.expects}`);
      values[name] = setting.fallback;
      continue;
    }
    values[name] = setting.parse(text);
    if (values[name] === undefined) faults.push(`${name} must be ${setting.expects}`);
  }
  if (faults.length > 0) throw new InvalidConfigError(faults);
  return values as ConfigOf<S>;
}

export function text(fallback?: string): Setting<string> {
  return withFallback({ expects: 'a text', parse: (value: string) => value }, fallback);
}

/** A whole number within bounds, both allowed. */
export function wholeNumber(
  range: { readonly min: number; readonly max: number },
  fallback?: number,
): Setting<number> {
  return withFallback(
    {
      expects: `a whole number from ${range.min} to ${range.max}`,
      parse: (value: string) => {
        const number = /^-?\d{1,15}$/.test(value) ? Number(value) : NaN;
        return number >= range.min && number <= range.max ? number : undefined;
      },
    },
    fallback,
  );
}

/** A number above 0 and at most 1. */
export function share(fallback?: number): Setting<number> {
  return withFallback(
    {
      expects: 'a number above 0 and at most 1, such as 0.85',
      parse: (value: string) => {
        const number = /^\d(\.\d{1,6})?$/.test(value) ? Number(value) : NaN;
        return number > 0 && number <= 1 ? number : undefined;
      },
    },
    fallback,
  );
}

export function oneOf<T extends string>(choices: readonly T[], fallback?: T): Setting<T> {
  return withFallback(
    {
      expects: `one of ${choices.join(', ')}`,
      parse: (value: string) => choices.find((choice) => choice === value.toLowerCase()),
    },
    fallback,
  );
}

/** Comma-separated; empty entries are dropped. */
export function list(fallback?: readonly string[]): Setting<readonly string[]> {
  return withFallback(
    {
      expects: 'a comma-separated list',
      parse: (value: string): readonly string[] =>
        value
          .split(',')
          .map((entry) => entry.trim())
          .filter((entry) => entry !== ''),
    },
    fallback,
  );
}

/** An absolute URL with one of these protocols (`"http:"`, `"redis:"` ...), kept as text. */
export function url(protocols: readonly string[], fallback?: string): Setting<string> {
  return withFallback(
    {
      expects: `a URL starting with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
      parse: (value: string) =>
        URL.canParse(value) && protocols.includes(new URL(value).protocol) ? value : undefined,
    },
    fallback,
  );
}

/** May be absent: then undefined. */
export function optional<T>(setting: Setting<T>): Setting<T | undefined> {
  return { expects: setting.expects, fallback: undefined, parse: (value) => setting.parse(value) };
}

function withFallback<T>(setting: Setting<T>, fallback: T | undefined): Setting<T> {
  return fallback === undefined ? setting : { ...setting, fallback };
}
