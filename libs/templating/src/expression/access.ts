/** Reading fields and elements: own properties only, and an error that says what is there instead. */
import { ExpressionError } from '../errors';
import { describeType, isList, isMap, typeOf, type Value } from './value';

export type Step = string | number;

const SHOWN_KEYS = 10;
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** `a` + `b` -> `a.b`, `a` + `odd key` -> `a["odd key"]`, `a` + 0 -> `a[0]`. */
export function render(prefix: string, steps: readonly Step[]): string {
  let text = prefix;
  for (const step of steps) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += IDENTIFIER.test(step) ? `.${step}` : `[${quote(step)}]`;
  }
  return text;
}

/** For messages: never more than a line's worth of somebody's data. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

/**
 * Follows `steps` from `value`.
 * @param from how the expression names `value`, for messages
 */
export function follow(value: Value, steps: readonly Step[], from: { readonly label: string }): Value {
  let current = value;
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i] ?? '';
    const next = child(current, step);
    if (next === undefined) throw missing(current, step, render(from.label, steps.slice(0, i)));
    current = next;
  }
  return current;
}

/** The field or element, or `undefined` if there is none. Keys of maps may be whole numbers: they are text in JSON. */
export function child(value: Value, key: Step): Value | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  if (isList(value)) {
    return typeof key === 'number' && Number.isInteger(key) && key >= 0 ? value[key] : undefined;
  }
  if (!isMap(value)) return undefined;
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

/** @param note put behind "is null", e.g. why it is */
export function missing(value: Value, key: Step, label: string, note = ''): ExpressionError {
  const what = typeof key === 'number' ? `element ${key}` : `field ${quote(key)}`;
  if (value === null) return new ExpressionError(`\`${label}\` is null${note}, so it has no ${what}`);
  if (isList(value)) {
    if (typeof key === 'string') {
      return new ExpressionError(
        `\`${label}\` is a list, so it has no ${what}; take an element first, e.g. \`${label}[0]\``,
      );
    }
    return new ExpressionError(`\`${label}\` has no ${what}: it is a list of ${value.length}`);
  }
  if (isMap(value)) return new ExpressionError(`\`${label}\` has no ${what}; ${describeKeys(value)}`);
  return new ExpressionError(`\`${label}\` is a ${describeType(typeOf(value))}, so it has no ${what}`);
}

function describeKeys(value: object): string {
  const keys = Object.keys(value);
  if (keys.length === 0) return 'it is an empty object';
  const shown = keys.slice(0, SHOWN_KEYS).map(quote).join(', ');
  return keys.length > SHOWN_KEYS
    ? `it has ${shown} and ${keys.length - SHOWN_KEYS} more`
    : `it has ${shown}`;
}
