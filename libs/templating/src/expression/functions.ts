/** The functions and methods of expressions: one table, read by the static check and by evaluation alike. */
import { ExpressionError } from '../errors';
import type { Meter } from '../limits';
import { quote } from './access';
import { describeType, typeOf, type StaticType, type TypeName, type Value } from './value';

export interface FunctionSpec {
  /** Types that each argument may have (a method's receiver is the first); `any` is every type. */
  readonly parameters: readonly (readonly TypeName[] | 'any')[];
  /** How many of the last parameters may be left out. Default 0. */
  readonly optional?: number;
  readonly returns: StaticType;
  /** Arguments have been checked against `parameters`; one left out is `undefined`. */
  run(args: readonly Value[], meter: Meter): Value;
}

/** Why these types can't be arguments, or `undefined` if they can. */
export function unfitArgument(
  name: string,
  spec: FunctionSpec,
  types: readonly StaticType[],
  isMethod: boolean,
): string | undefined {
  for (const [i, type] of types.entries()) {
    const allowed = spec.parameters[i];
    if (type === 'dyn' || allowed === undefined || allowed === 'any' || allowed.includes(type)) continue;
    const expected = [...new Set(allowed.map(describeType))].join(' or ');
    const place = isMethod && i === 0 ? `is called on a ${expected}` : `wants a ${expected}`;
    return `${name}() ${place}, got a ${describeType(type)}`;
  }
  return undefined;
}

/** How many arguments there may be, for a message. */
export function arity(spec: FunctionSpec, isMethod: boolean): string {
  const most = spec.parameters.length - (isMethod ? 1 : 0);
  const least = most - (spec.optional ?? 0);
  const count = least === most ? String(most) : `${least} to ${most}`;
  return `${count} argument${count === '1' ? '' : 's'}`;
}

export function callFunction(
  name: string,
  spec: FunctionSpec,
  args: readonly Value[],
  isMethod: boolean,
  meter: Meter,
): Value {
  meter.spend(1);
  const reason = unfitArgument(name, spec, args.map(typeOf), isMethod);
  if (reason !== undefined) throw new ExpressionError(reason);
  return spec.run(args, meter);
}

/** An argument declared as text. */
export function text(value: Value | undefined): string {
  if (typeof value === 'string') return value;
  throw new ExpressionError('a text is missing');
}

/** An argument declared as a number that must be whole, e.g. a position. */
export function whole(value: Value | undefined, name: string): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new ExpressionError(`${name}() wants a whole number, got ${quote(String(number))}`);
}
