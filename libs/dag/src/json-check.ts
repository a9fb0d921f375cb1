import { type FaultReport, inside, type Place, quoted } from './fault-report';
import type { DefinitionLimits } from './limits';

/** What a value is, in words for a message: "an array", "null", "a Date (not JSON)". */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (isPlainObject(value)) return 'an object';
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return `a ${typeof value}`;
    case 'object':
      return 'a class instance, which is not JSON';
    default:
      return `${typeof value}, which is not JSON`;
  }
}

/** An object as `JSON.parse` makes it; maps, dates and other instances do not survive being stored. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // The last case is an object of another realm, e.g. of a vm context.
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * Why a text cannot be stored, or undefined. Postgres refuses U+0000 and half surrogate pairs in `text` and
 * `jsonb`; better told here than failing after the answer was given.
 */
export function textProblem(text: string): string | undefined {
  if (text.includes('\0')) return 'contains the character U+0000, which cannot be stored. Remove it.';
  if (/[\ud800-\udfff]/.test(text) && /\p{Surrogate}/u.test(text)) {
    return 'contains half of a surrogate pair, which cannot be stored. Write the whole character.';
  }
  return undefined;
}

interface Frame {
  readonly value: Readonly<Record<string | number, unknown>>;
  /** Undefined for an array. */
  readonly keys: readonly string[] | undefined;
  readonly count: number;
  readonly place: Place | undefined;
  next: number;
}

/**
 * Checks free values (`config`, `output` ...): nothing but JSON, storable, and not too deep or too large.
 * Iterative, because the depth is the submitter's choice.
 */
export class JsonChecker {
  private seen = 0;

  constructor(
    private readonly report: FaultReport,
    private readonly limits: Pick<DefinitionLimits, 'nesting' | 'values'>,
  ) {}

  check(value: unknown, place: Place | undefined): void {
    const first = frameOf(value, place);
    if (first === undefined) {
      this.checkLeaf(value, () => place);
      return;
    }
    const stack = [first];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      if (top.next >= top.count) {
        stack.pop();
        continue;
      }
      if (this.seen > this.limits.values) return;
      const index = top.next++;
      const frame = this.checkChild(top, top.keys?.[index] ?? index, stack.length);
      if (frame !== undefined) stack.push(frame);
    }
  }

  /** The child's frame, if it is a container to be entered. */
  private checkChild(parent: Frame, key: string | number, depth: number): Frame | undefined {
    const child = parent.value[key];
    if (++this.seen > this.limits.values) {
      this.report.add(
        'TOO_LARGE',
        parent.place,
        `The definition has more than ${this.limits.values} values. Pass large data as input or by reference.`,
      );
      return undefined;
    }
    if (typeof key === 'string') this.checkKey(key, parent.place);
    if (typeof child !== 'object' || child === null) {
      this.checkLeaf(child, () => inside(parent.place, key));
      return undefined;
    }
    const place = inside(parent.place, key);
    if (depth >= this.limits.nesting) {
      const message = (): string => `Nested deeper than ${this.limits.nesting} levels. Flatten this value.`;
      this.report.add('TOO_DEEP', place, message);
      return undefined;
    }
    const frame = frameOf(child, place);
    if (frame === undefined) this.checkLeaf(child, () => place);
    return frame;
  }

  private checkKey(key: string, place: Place | undefined): void {
    if (key === '__proto__') {
      this.report.add('FORBIDDEN_KEY', place, 'The key "__proto__" is not allowed. Rename it.');
      return;
    }
    const problem = textProblem(key);
    if (problem !== undefined)
      this.report.add('INVALID_TEXT', place, () => `The key ${quoted(key)} ${problem}`);
  }

  private checkLeaf(value: unknown, place: () => Place | undefined): void {
    if (typeof value === 'string') {
      const problem = textProblem(value);
      if (problem !== undefined) this.report.add('INVALID_TEXT', place(), `The text ${problem}`);
    } else if (typeof value === 'number') {
      if (Number.isFinite(value)) return;
      this.report.add('INVALID_NUMBER', place(), 'The number is too large for JSON. Write it as a string.');
    } else if (value !== null && typeof value !== 'boolean') {
      this.report.add('WRONG_TYPE', place(), () => `Must be JSON, but is ${kindOf(value)}.`);
    }
  }
}

function frameOf(value: unknown, place: Place | undefined): Frame | undefined {
  if (Array.isArray(value)) {
    return {
      value: value as unknown as Frame['value'],
      keys: undefined,
      count: value.length,
      place,
      next: 0,
    };
  }
  if (!isPlainObject(value)) return undefined;
  const keys = Object.keys(value);
  return { value, keys, count: keys.length, place, next: 0 };
}
