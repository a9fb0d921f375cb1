/** CEL's operators. Numbers mix: int with int stays int (64 bits), anything else is computed as a double. */
import { ExpressionError } from '../errors';
import type { Meter } from '../limits';
import { child } from './access';
import {
  describeType,
  isDuration,
  equals,
  isList,
  isMap,
  isNumeric,
  isTimestamp,
  newDuration,
  newTimestamp,
  type Timestamp,
  typeOf,
  type StaticType,
  type Value,
} from './value';

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in';

const MAX_INT = 2n ** 63n - 1n;
const MIN_INT = -(2n ** 63n);

export function binary(operator: BinaryOperator, a: Value, b: Value, meter: Meter): Value {
  switch (operator) {
    case '==':
      return equals(a, b, meter);
    case '!=':
      return !equals(a, b, meter);
    case 'in':
      return contains(a, b, meter);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compare(operator, a, b, meter);
    default:
      return isNumeric(a) && isNumeric(b) ? calculate(operator, a, b) : combine(operator, a, b, meter);
  }
}

function contains(a: Value, b: Value, meter: Meter): boolean {
  if (isList(b)) return b.some((item) => equals(a, item, meter));
  if (!isMap(b)) throw mismatch('in', a, b, '; the right side must be a list or a map');
  const key = mapKey(a);
  meter.spendText(key?.length ?? 0);
  return key !== undefined && child(b, key) !== undefined;
}

/** JSON has text keys only, so whole numbers reach them too. */
export function mapKey(value: Value): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))) {
    return value.toString();
  }
  return undefined;
}

function compare(operator: '<' | '<=' | '>' | '>=', a: Value, b: Value, meter: Meter): boolean {
  const left = isTimestamp(a) || isDuration(a) ? a.milliseconds : a;
  const right = isTimestamp(b) || isDuration(b) ? b.milliseconds : b;
  const bothText = typeof left === 'string' && typeof right === 'string';
  if (bothText) meter.spendText(Math.min(left.length, right.length));
  else if (!isNumeric(left) || !isNumeric(right)) throw mismatch(operator, a, b);
  else if (typeOf(a) !== typeOf(b) && !(isNumeric(a) && isNumeric(b))) throw mismatch(operator, a, b);
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}

function calculate(operator: string, a: number | bigint, b: number | bigint): number | bigint {
  if ((operator === '/' || operator === '%') && (b === 0 || b === 0n)) {
    throw new ExpressionError('division by zero');
  }
  if (typeof a === 'bigint' && typeof b === 'bigint') return calculateInt(operator, a, b);
  return calculateDouble(operator, Number(a), Number(b));
}

function calculateInt(operator: string, a: bigint, b: bigint): bigint {
  return checkInt(
    operator === '+'
      ? a + b
      : operator === '-'
        ? a - b
        : operator === '*'
          ? a * b
          : operator === '/'
            ? a / b
            : a % b,
  );
}

export function checkInt(value: bigint): bigint {
  if (value <= MAX_INT && value >= MIN_INT) return value;
  throw new ExpressionError('integer overflow: the result needs more than 64 bits');
}

function calculateDouble(operator: string, a: number, b: number): number {
  if (operator === '/') return a / b;
  if (operator === '%') return a % b;
  const result = operator === '+' ? a + b : operator === '-' ? a - b : a * b;
  // Whole numbers must not lose digits silently.
  if (Number.isSafeInteger(a) && Number.isSafeInteger(b) && !Number.isSafeInteger(result)) {
    throw new ExpressionError(
      'integer overflow: the result is beyond ±9007199254740991, which JSON numbers can not carry exactly',
    );
  }
  return result;
}

function combine(operator: '+' | '-' | '*' | '/' | '%', a: Value, b: Value, meter: Meter): Value {
  if (operator === '+') {
    if (typeof a === 'string' && typeof b === 'string') {
      meter.spendText(a.length + b.length);
      return a + b;
    }
    if (isList(a) && isList(b)) {
      meter.spend(a.length + b.length);
      return [...a, ...b];
    }
    if (isDuration(a) && isDuration(b)) return newDuration(a.milliseconds + b.milliseconds);
    if (isTimestamp(a) && isDuration(b)) return instant(a.milliseconds + b.milliseconds);
    if (isDuration(a) && isTimestamp(b)) return instant(a.milliseconds + b.milliseconds);
  }
  if (operator === '-') {
    if (isTimestamp(a) && isTimestamp(b)) return newDuration(a.milliseconds - b.milliseconds);
    if (isTimestamp(a) && isDuration(b)) return instant(a.milliseconds - b.milliseconds);
    if (isDuration(a) && isDuration(b)) return newDuration(a.milliseconds - b.milliseconds);
  }
  throw mismatch(operator, a, b, advice(operator, typeOf(a), typeOf(b)));
}

/** CEL's range of timestamps: the years 1 to 9999. */
export function instant(milliseconds: number): Timestamp {
  if (milliseconds >= -62135596800000 && milliseconds <= 253402300799999) return newTimestamp(milliseconds);
  throw new ExpressionError('the timestamp is outside the years 1 to 9999');
}

function mismatch(operator: string, a: Value, b: Value, hint = ''): ExpressionError {
  return new ExpressionError(
    `\`${operator}\` doesn't work on a ${describeType(typeOf(a))} and a ${describeType(typeOf(b))}${hint}`,
  );
}

function advice(operator: string, left: StaticType, right: StaticType): string {
  return operator === '+' && (left === 'string' || right === 'string') ? '; convert with string(...)' : '';
}

export function negate(value: Value): Value {
  if (typeof value === 'bigint') return checkInt(-value);
  if (typeof value === 'number') return -value;
  throw new ExpressionError(`\`-\` doesn't work on a ${describeType(typeOf(value))}`);
}

/** The type of the result, or a sentence why these operands can never work. */
export function binaryType(
  operator: BinaryOperator,
  left: StaticType,
  right: StaticType,
): { readonly type: StaticType } | { readonly reason: string } {
  const known = left !== 'dyn' && right !== 'dyn';
  const numeric = isNumericType(left) && isNumericType(right);
  switch (operator) {
    case '==':
    case '!=':
      return known && left !== right && !numeric && left !== 'null' && right !== 'null'
        ? {
            reason: `\`${operator}\` compares a ${describeType(left)} with a ${describeType(right)}: never equal`,
          }
        : { type: 'bool' };
    case 'in':
      return ['dyn', 'list', 'map'].includes(right)
        ? { type: 'bool' }
        : {
            reason: `\`in\` needs a list or a map on its right side${right === 'string' ? '; use .contains(...)' : ''}`,
          };
    case '<':
    case '<=':
    case '>':
    case '>=':
      return !known || numeric || (left === right && isOrdered(left))
        ? { type: 'bool' }
        : unfit(operator, left, right);
    default:
      if (!known) return { type: 'dyn' };
      if (numeric) return { type: left === 'int' && right === 'int' ? 'int' : 'double' };
      return arithmeticType(operator, left, right);
  }
}

function arithmeticType(operator: '+' | '-' | '*' | '/' | '%', left: StaticType, right: StaticType) {
  const time = (type: StaticType) => type === 'timestamp' || type === 'duration';
  if (operator === '+' && left === right && (left === 'string' || left === 'list')) return { type: left };
  if ((operator === '+' || operator === '-') && time(left) && time(right)) return { type: 'dyn' as const };
  return unfit(operator, left, right);
}

function unfit(operator: string, left: StaticType, right: StaticType): { readonly reason: string } {
  return {
    reason: `\`${operator}\` doesn't work on a ${describeType(left)} and a ${describeType(right)}${advice(operator, left, right)}`,
  };
}

function isNumericType(type: StaticType): boolean {
  return type === 'int' || type === 'double';
}

function isOrdered(type: StaticType): boolean {
  return type === 'string' || type === 'timestamp' || type === 'duration';
}
