import { type DefinitionFaultCode, type FaultReport, inside, type Place, quoted } from './fault-report';
import { checkDuration } from './duration';
import { isPlainObject, type JsonChecker, kindOf, textProblem } from './json-check';

/** What checking one value needs: where faults go, and how free values are walked. */
export interface Checking {
  readonly report: FaultReport;
  readonly json: JsonChecker;
}

export type Check = (value: unknown, place: Place | undefined, checking: Checking) => void;

/** An object with known fields. Tables instead of code, so that every level treats its fields alike. */
export interface Shape {
  /** For messages: "a node". */
  readonly what: string;
  readonly required: readonly string[];
  readonly fields: ReadonlyMap<string, Check>;
  /** Fields of the definition language that this version does not run. */
  readonly unsupported?: ReadonlySet<string>;
  /** What other systems call our fields, by their name in lower case without `_` and `-`. */
  readonly aliases?: ReadonlyMap<string, string>;
}

/** Checks an object's fields; returns it if it is an object at all. */
export function checkShape(
  shape: Shape,
  value: unknown,
  place: Place | undefined,
  checking: Checking,
): Readonly<Record<string, unknown>> | undefined {
  if (!isPlainObject(value)) {
    wrongType(value, place, checking, `${shape.what} must be an object`);
    return undefined;
  }
  for (const key of Object.keys(value)) {
    const check = shape.fields.get(key);
    if (check === undefined) unknownField(shape, key, value[key], inside(place, key), checking);
    else check(value[key], inside(place, key), checking);
  }
  for (const key of shape.required) {
    if (Object.hasOwn(value, key)) continue;
    checking.report.add('MISSING_FIELD', place, `${shape.what} needs the field "${key}". Add it.`);
  }
  return value;
}

function unknownField(shape: Shape, key: string, value: unknown, place: Place, checking: Checking): void {
  if (shape.unsupported?.has(key) === true) {
    checking.report.add(
      'UNSUPPORTED',
      place,
      `The field "${key}" is not supported by this version. Remove it.`,
    );
  } else {
    checking.report.add('UNKNOWN_FIELD', place, () => {
      const meant = shape.aliases?.get(key.slice(0, 40).toLowerCase().replaceAll(/[_-]/g, ''));
      const hint =
        meant === undefined
          ? checking.report.didYouMean(key, shape.fields.keys())
          : ` Did you mean ${JSON.stringify(meant)}?`;
      const known = hint === '' ? ` Known fields: ${[...shape.fields.keys()].join(', ')}.` : hint;
      return `${shape.what} has no field ${quoted(key)}.${known}`;
    });
  }
  checkStray(value, place, checking);
}

/** The value is refused anyway; what is wrong inside it is still told, so that one answer lists everything. */
function checkStray(value: unknown, place: Place | undefined, checking: Checking): void {
  if (isPlainObject(value) || Array.isArray(value)) checking.json.check(value, place);
}

/** A value of the wrong type; `expected` reads "x must be a y". */
export function wrongType(
  value: unknown,
  place: Place | undefined,
  checking: Checking,
  expected: string,
): void {
  checking.report.add('WRONG_TYPE', place, () => `${expected}, but is ${kindOf(value)}.`);
  checkStray(value, place, checking);
}

/** A string of `min` to `max` code points. */
export function text(what: string, min: number, max: number): Check {
  return (value, place, checking) => {
    if (typeof value !== 'string') {
      wrongType(value, place, checking, `${what} must be a string`);
      return;
    }
    const long = isLongerThan(value, max);
    if (value.length < min || long) {
      const advice = long ? 'Shorten it.' : 'Write something, or leave the field out if it is optional.';
      checking.report.add(
        'INVALID_LENGTH',
        place,
        `${what} must have ${min} to ${max} characters. ${advice}`,
      );
    }
    const problem = textProblem(value);
    if (problem !== undefined) checking.report.add('INVALID_TEXT', place, `${what} ${problem}`);
  };
}

/** Counts code points, as JSON Schema does, and only where the count in UTF-16 units cannot tell. */
export function isLongerThan(value: string, max: number): boolean {
  if (value.length <= max) return false;
  return value.length > 2 * max || Array.from(value).length > max;
}

export function oneOf(what: string, values: readonly string[]): Check {
  return (value, place, checking) => {
    if (typeof value === 'string') choice(what, values, value, place, checking);
    else wrongType(value, place, checking, `${what} must be ${listed(values)}`);
  };
}

export function choice(
  what: string,
  values: readonly string[],
  value: string,
  place: Place | undefined,
  checking: Checking,
): void {
  if (values.includes(value)) return;
  checking.report.add(
    'INVALID_VALUE',
    place,
    () =>
      `${what} must be ${listed(values)}, not ${quoted(value)}.${checking.report.didYouMean(value, values)}`,
  );
}

export function listed(values: readonly string[]): string {
  return values.map((value) => `"${value}"`).join(' or ');
}

export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly integer?: boolean;
}

export function numberWithin(what: string, code: DefinitionFaultCode, range: NumberRange): Check {
  return (value, place, checking) => {
    if (typeof value !== 'number') {
      wrongType(value, place, checking, `${what} must be a number`);
      return;
    }
    const fits = value >= range.min && value <= range.max;
    if (fits && (range.integer !== true || Number.isInteger(value))) return;
    const kind = range.integer === true ? 'a whole number' : 'a number';
    checking.report.add(
      code,
      place,
      `${what} must be ${kind} from ${range.min} to ${range.max}, not ${String(value)}.`,
    );
  };
}

/** A duration; `aboveZero` where zero would mean "fails at once". */
export function duration(what: string, aboveZero: boolean): Check {
  return (value, place, checking) => {
    if (typeof value !== 'string' && typeof value !== 'number') {
      wrongType(value, place, checking, `${what} must be an ISO 8601 duration or a number of seconds`);
      return;
    }
    const checked = checkDuration(value);
    if (!checked.ok) checking.report.add('INVALID_DURATION', place, `${what}: ${checked.message}`);
    else if (aboveZero && checked.ms === 0) {
      checking.report.add(
        'INVALID_DURATION',
        place,
        `${what} must be longer than zero. Leave the field out for no limit.`,
      );
    }
  };
}

/** Any JSON object, e.g. a handler's config. */
export function freeObject(what: string): Check {
  return (value, place, checking) => {
    if (isPlainObject(value)) checking.json.check(value, place);
    else wrongType(value, place, checking, `${what} must be an object`);
  };
}

/** Any JSON value at all. */
export const freeValue: Check = (value, place, checking) => {
  checking.json.check(value, place);
};
