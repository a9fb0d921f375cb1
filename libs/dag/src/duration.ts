import type { Duration, JsonObject } from './definition';
import { InvalidDurationError } from './errors';

/**
 * Durations: ISO 8601 (weeks, days, hours, minutes, seconds; a fraction on the smallest one) or a number of
 * seconds. No years and months: their length depends on the calendar, and a timeout must not.
 */

export type DurationCheck =
  { readonly ok: true; readonly ms: number } | { readonly ok: false; readonly message: string };

/** Longest duration, 10 years of 365 days, in seconds: beyond it a typing mistake is likelier than a plan. */
export const maxDurationSeconds = 10 * 365 * 86_400;

/** No real duration is longer; keeps the pattern's look-ahead cheap on hostile text. */
export const maxDurationLength = 64;

/** The first look-ahead allows a fraction on the last unit only. */
export const durationPattern =
  '^(?!.*[.,]\\d+[A-Z]+\\d)P(?=\\d|T\\d)(?:(\\d+(?:[.,]\\d+)?)W)?(?:(\\d+(?:[.,]\\d+)?)D)?' +
  '(?:T(?=\\d)(?:(\\d+(?:[.,]\\d+)?)H)?(?:(\\d+(?:[.,]\\d+)?)M)?(?:(\\d+(?:[.,]\\d+)?)S)?)?$';

/** Of durations in handlers' configs. Validators check the format with {@link checkDuration}. */
export const durationSchema = {
  type: ['string', 'number'],
  format: 'workflow-duration',
  minimum: 0,
  maximum: maxDurationSeconds,
} as const satisfies JsonObject;

const iso = new RegExp(durationPattern);
const unitSeconds = [604_800, 86_400, 3_600, 60, 1];
const examples =
  'Write an ISO 8601 duration such as "PT30S", "PT1.5S", "PT5M", "P1D" or a number of seconds.';

/** Milliseconds of a checked duration. @throws {InvalidDurationError} for anything `checkDuration` refuses */
export function durationMs(value: Duration): number {
  const checked = checkDuration(value);
  if (!checked.ok) throw new InvalidDurationError(checked.message);
  return checked.ms;
}

/** Whole milliseconds (rounded, but never from above zero down to zero), or what is wrong and how to write it. */
export function checkDuration(value: unknown): DurationCheck {
  if (typeof value === 'number') return inRange(value);
  if (typeof value !== 'string') return refused(`A duration must be a string or a number. ${examples}`);
  const parts = value.length <= maxDurationLength ? iso.exec(value) : null;
  if (parts === null) return refused(`${shown(value)} is no duration. ${adviceFor(value)}`);
  let seconds = 0;
  for (const [index, unit] of unitSeconds.entries()) {
    seconds += Number(parts[index + 1]?.replace(',', '.') ?? 0) * unit;
  }
  return inRange(seconds);
}

function inRange(seconds: number): DurationCheck {
  if (!Number.isFinite(seconds)) return refused(`A duration must be a finite number of seconds. ${examples}`);
  if (seconds < 0) return refused('A duration must not be negative. Use 0 or more seconds.');
  if (seconds > maxDurationSeconds) {
    return refused(
      `A duration must not be longer than 10 years (${maxDurationSeconds} seconds). Numbers are seconds, not milliseconds.`,
    );
  }
  return { ok: true, ms: seconds === 0 ? 0 : Math.max(1, Math.round(seconds * 1_000)) };
}

const everyday = /^(\d{1,9}(?:\.\d{1,9})?) ?(ms|s|sec|seconds?|m|min|minutes?|h|hours?|d|days?|w|weeks?)?$/i;

/** The ISO spelling of what people write instead ("5m", "30 s", "P3M"). */
function adviceFor(value: string): string {
  if (value.length > maxDurationLength) return examples;
  const calendar = /^P(?:\d+Y)?(?:(\d+)M)?/.exec(value);
  if (calendar !== null && /^P\d+[YM]/.test(value)) {
    const minutes = /^P\d+M$/.test(value) ? `Minutes are written "PT${calendar[1] ?? ''}M". ` : '';
    return `Years and months have no fixed length: use days or weeks ("P30D", "P2W"). ${minutes}`.trimEnd();
  }
  const [, amount, unit = 's'] = everyday.exec(value) ?? [];
  if (amount === undefined) return examples;
  return `Write ${JSON.stringify(isoSpelling(Number(amount), unit.toLowerCase()))} or a number of seconds.`;
}

function isoSpelling(amount: number, unit: string): string {
  if (unit === 'ms') return `PT${amount / 1_000}S`;
  const letter = unit.charAt(0).toUpperCase();
  return letter === 'D' || letter === 'W' ? `P${amount}${letter}` : `PT${amount}${letter}`;
}

function shown(value: string): string {
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
}

function refused(message: string): DurationCheck {
  return { ok: false, message };
}
