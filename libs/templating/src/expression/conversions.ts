/** CEL's conversions between types, and `size`. */
import { ExpressionError } from '../errors';
import type { Meter } from '../limits';
import { quote } from './access';
import type { FunctionSpec } from './functions';
import { checkInt, instant } from './operators';
import {
  type Duration,
  isDuration,
  isList,
  isMap,
  setOwn,
  isTimestamp,
  newDuration,
  timeText,
  type Timestamp,
  toJson,
  typeOf,
  type TypeName,
  type Value,
  type ValueMap,
} from './value';

const NUMBER: readonly TypeName[] = ['int', 'double'];

export const conversions: Readonly<Record<string, FunctionSpec>> = {
  size: {
    parameters: [['string', 'list', 'map']],
    returns: 'int',
    run: ([value = null], meter) => size(value, meter),
  },
  string: { parameters: ['any'], returns: 'string', run: toString },
  int: {
    parameters: [[...NUMBER, 'string', 'timestamp']],
    returns: 'int',
    run: ([value = null]) => toInt(value),
  },
  double: {
    parameters: [[...NUMBER, 'string']],
    returns: 'double',
    run: ([value = null]) => toDouble(value),
  },
  bool: { parameters: [['bool', 'string']], returns: 'bool', run: ([value = null]) => toBool(value) },
  dyn: { parameters: ['any'], returns: 'dyn', run: ([value = null]) => value },
  type: { parameters: ['any'], returns: 'string', run: ([value = null]) => typeOf(value) },
  timestamp: {
    parameters: [['string', 'timestamp', ...NUMBER]],
    returns: 'timestamp',
    run: ([value = null]) => toTimestamp(value),
  },
  duration: {
    parameters: [['string', 'duration']],
    returns: 'duration',
    run: ([value = null]) => toDuration(value),
  },
};

function toString([value = null]: readonly Value[], meter: Meter): string {
  return typeof value === 'string' ? value : toText(value, meter);
}

export function size(value: Value, meter: Meter): bigint {
  if (isList(value)) return BigInt(value.length);
  if (isMap(value)) {
    const count = Object.keys(value).length;
    meter.spend(count);
    return BigInt(count);
  }
  const string = plain(value);
  meter.spend(string.length >> 3);
  let count = 0;
  for (let i = 0; i < string.length; i++, count++) {
    if ((string.codePointAt(i) ?? 0) > 0xffff) i++;
  }
  return BigInt(count);
}

/** Text as it is, everything else as JSON: what a template amid text shows. Its size is taken from the meter. */
export function toText(value: Value, meter: Meter): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) {
    const json = toJson(value, meter, 0);
    return typeof json === 'string' ? json : JSON.stringify(json);
  }
  if (isTimestamp(value) || isDuration(value)) return timeText(value);
  // Counted element by element before the text is made: parts that are shared can multiply without bound.
  return JSON.stringify(toJson(value, meter, 0));
}

function toInt(value: Value): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return checkInt(BigInt(Math.trunc(value)));
  if (isTimestamp(value)) return BigInt(Math.floor(value.milliseconds / 1000));
  if (typeof value === 'string' && /^[+-]?\d{1,19}$/.test(value))
    return checkInt(BigInt(value.replace('+', '')));
  throw new ExpressionError(`int() can't read ${quote(plain(value))} as a whole number`);
}

function toDouble(value: Value): number {
  const number = typeof value === 'string' ? parseDouble(value) : Number(value);
  if (Number.isFinite(number)) return number;
  throw new ExpressionError(`double() can't read ${quote(plain(value))} as a number`);
}

function parseDouble(value: string): number {
  return value.length <= 64 && /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(value)
    ? Number(value)
    : Number.NaN;
}

function toBool(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'True' || value === 'TRUE' || value === '1' || value === 't') return true;
  if (value === 'false' || value === 'False' || value === 'FALSE' || value === '0' || value === 'f')
    return false;
  throw new ExpressionError(`bool() can't read ${quote(plain(value))}; it knows "true" and "false"`);
}

const ISO_INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

function toTimestamp(value: Value): Timestamp {
  if (isTimestamp(value)) return value;
  if (typeof value === 'string') {
    const milliseconds = ISO_INSTANT.test(value) ? Date.parse(value) : Number.NaN;
    if (!Number.isNaN(milliseconds)) return instant(milliseconds);
    throw new ExpressionError(
      `timestamp() can't read ${quote(value)}; it wants an instant such as "2026-01-31T12:00:00Z"`,
    );
  }
  return instant(Number(value) * 1000);
}

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** Go's notation, as CEL has it: "1h30m", "-1.5s", "250ms". */
function toDuration(value: Value): Duration {
  if (isDuration(value)) return value;
  const source = plain(value);
  if (source.length <= 64 && /^[+-]?(\d+(\.\d+)?(ms|h|m|s))+$/.test(source)) {
    let total = 0;
    for (const [, amount = '0', unit = 's'] of source.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)) {
      total += Number(amount) * (UNITS[unit] ?? 0);
    }
    if (Number.isSafeInteger(Math.round(total))) return newDuration(source.startsWith('-') ? -total : total);
  }
  throw new ExpressionError(
    `duration() can't read ${quote(source)}; it wants e.g. "1h30m", "90s" or "250ms"`,
  );
}

/** A map literal: its keys become text, as JSON has it. */
export function mapOf(entries: readonly (readonly [string, Value])[]): ValueMap {
  const map: Record<string, Value> = {};
  for (const [key, value] of entries) setOwn(map, key, value);
  return map;
}

/** A scalar as its author would write it; of anything else only the type. */
function plain(value: Value): string {
  return typeof value === 'object' ? typeOf(value) : value.toString();
}
