/** The values that expressions compute with. CEL's `int` is a bigint here; JSON numbers are CEL's `double`. */
import type { Json } from '@workflow-engine/dag';
import { ExpressionError } from '../errors';
import type { Meter } from '../limits';

const KIND = Symbol('kind of time');

/** Told from data by its symbol, which JSON can't have. */
interface Time<Kind> {
  readonly [KIND]: Kind;
  readonly milliseconds: number;
}
/** Milliseconds since 1970 in UTC. */
export type Timestamp = Time<'timestamp'>;
export type Duration = Time<'duration'>;

export function newTimestamp(milliseconds: number): Timestamp {
  return { [KIND]: 'timestamp', milliseconds };
}

export function newDuration(milliseconds: number): Duration {
  return { [KIND]: 'duration', milliseconds };
}

export function isTimestamp(value: Value): value is Timestamp {
  return isTime(value) && value[KIND] === 'timestamp';
}

export function isDuration(value: Value): value is Duration {
  return isTime(value) && value[KIND] === 'duration';
}

function isTime(value: Value): value is Timestamp | Duration {
  return typeof value === 'object' && value !== null && KIND in value;
}

/** As JSON shows it: an ISO 8601 instant, or seconds such as `90.5s`. */
export function timeText(value: Timestamp | Duration): string {
  return value[KIND] === 'timestamp'
    ? new Date(value.milliseconds).toISOString()
    : `${value.milliseconds / 1000}s`;
}

export interface ValueMap {
  readonly [key: string]: Value;
}
export type ValueList = readonly Value[];
export type Value = null | boolean | number | bigint | string | Timestamp | Duration | ValueList | ValueMap;

export type TypeName =
  'null' | 'bool' | 'int' | 'double' | 'string' | 'list' | 'map' | 'timestamp' | 'duration';
/** What is known of an expression's type before it runs; `dyn` is anything. */
export type StaticType = TypeName | 'dyn';

export function typeOf(value: Value): TypeName {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
      return 'double';
    case 'bigint':
      return 'int';
    case 'boolean':
      return 'bool';
    default:
      if (value === null) return 'null';
      if (Array.isArray(value)) return 'list';
      if (isTimestamp(value)) return 'timestamp';
      return isDuration(value) ? 'duration' : 'map';
  }
}

/** For people: a JSON number is a "number", whichever of CEL's types it has. */
export function describeType(type: StaticType): string {
  if (type === 'dyn') return 'value';
  return type === 'int' || type === 'double' ? 'number' : type;
}

export function isMap(value: Value): value is ValueMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isTime(value);
}

export function isList(value: Value): value is ValueList {
  return Array.isArray(value);
}

/** Sets an own property, also for the key `__proto__`, which a plain assignment would take as the prototype. */
export function setOwn<T>(target: Record<string, T>, key: string, value: T): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
  } else {
    target[key] = value;
  }
}

/** CEL equality: numbers compare by value whatever their type; values of different types are unequal. */
export function equals(a: Value, b: Value, meter: Meter): boolean {
  if (typeof a === 'string' && typeof b === 'string') return equalTexts(a, b, meter);
  meter.spend(1);
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') {
    // `==` of a bigint and a number compares mathematically, without rounding.
    return isNumeric(a) && isNumeric(b) && a == b;
  }
  if (a === null || b === null) return false;
  if (isList(a)) return isList(b) && equalLists(a, b, meter);
  if (isTimestamp(a)) return isTimestamp(b) && a.milliseconds === b.milliseconds;
  if (isDuration(a)) return isDuration(b) && a.milliseconds === b.milliseconds;
  return isMap(a) && isMap(b) && equalMaps(a, b, meter);
}

function equalTexts(a: string, b: string, meter: Meter): boolean {
  meter.spendText(a.length === b.length ? a.length : 0);
  return a === b;
}

function equalLists(a: ValueList, b: ValueList, meter: Meter): boolean {
  return a.length === b.length && a.every((item, i) => equals(item, b[i] ?? null, meter));
}

function equalMaps(a: ValueMap, b: ValueMap, meter: Meter): boolean {
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && equals(a[key] ?? null, b[key] ?? null, meter));
}

export function isNumeric(value: Value): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** Steps for copying a list or map: with shared parts, a small expression can make millions of them. */
const COPY_COST = 8;

/**
 * Turns a value into JSON and counts its size. What holds nothing but JSON (all data that comes from outside)
 * is returned as it is, not copied.
 * @throws ExpressionError when it is too large, too deep, or holds a number that JSON can't carry
 */
export function toJson(value: Value, meter: Meter, depth: number): Json {
  switch (typeof value) {
    case 'string':
      meter.take(value.length + 2);
      return value;
    case 'number':
      meter.take(8);
      if (Number.isFinite(value)) return value;
      throw new ExpressionError(`the result is ${value}, which is no JSON number`);
    case 'bigint':
      meter.take(8);
      return safeNumber(value);
    case 'boolean':
      meter.take(5);
      return value;
    default:
      return value === null ? nullJson(meter) : objectToJson(value, meter, depth + 1);
  }
}

function nullJson(meter: Meter): null {
  meter.take(4);
  return null;
}

function objectToJson(value: Timestamp | Duration | ValueList | ValueMap, meter: Meter, depth: number): Json {
  if (isTimestamp(value) || isDuration(value)) return toJson(timeText(value), meter, depth);
  meter.checkDepth(depth);
  meter.take(2);
  if (isList(value)) {
    let copy: Json[] | undefined;
    for (let i = 0; i < value.length; i++) {
      const item = value[i] ?? null;
      const json = toJson(item, meter, depth);
      if (json !== item) {
        if (copy === undefined) meter.spend(COPY_COST + value.length);
        (copy ??= value.slice() as Json[])[i] = json;
      }
    }
    return copy ?? (value as Json);
  }
  let copy: Record<string, Json> | undefined;
  for (const key of Object.keys(value)) {
    meter.take(key.length + 4);
    const item = value[key] ?? null;
    const json = toJson(item, meter, depth);
    if (json !== item) {
      if (copy === undefined) meter.spend(COPY_COST + Object.keys(value).length);
      setOwn((copy ??= { ...value } as Record<string, Json>), key, json);
    }
  }
  return copy ?? (value as Json);
}

function safeNumber(value: bigint): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new ExpressionError(
    `the integer ${value.toString()} is beyond ±9007199254740991, which JSON numbers can't carry exactly; use string(...)`,
  );
}
