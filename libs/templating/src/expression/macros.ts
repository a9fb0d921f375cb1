/** CEL's macros over lists and maps (a map is iterated by its keys), and `cel.bind`. */
import { ExpressionError } from '../errors';
import type { Code, RunContext } from './code';
import { describeType, isList, isMap, typeOf, type Value, type ValueList } from './value';

/** How deep comprehensions may stand inside one another. The meter bounds them too; this tells it early. */
export const MAX_COMPREHENSION_NESTING = 2;

export interface Comprehension {
  readonly name: string;
  readonly range: Code;
  /** Index of the iteration variable in the context's locals. */
  readonly slot: number;
  readonly predicate: Code | undefined;
  readonly transform: Code | undefined;
}

export function comprehension(macro: Comprehension): Code {
  switch (macro.name) {
    case 'all':
      return { type: 'bool', run: (context) => quantify(macro, context, false) };
    case 'exists':
      return { type: 'bool', run: (context) => quantify(macro, context, true) };
    case 'exists_one':
      return { type: 'bool', run: (context) => collect(macro, context).length === 1 };
    default:
      return { type: 'list', run: (context) => collect(macro, context) };
  }
}

/** `exists` looks for a true, `all` for a false: found, errors of other elements don't matter (CEL's rule). */
function quantify(macro: Comprehension, context: RunContext, wanted: boolean): boolean {
  let error: ExpressionError | undefined;
  for (const item of elements(macro, context)) {
    context.locals[macro.slot] = item;
    const result = attempt(() => test(macro, context), context);
    if (result === wanted) return wanted;
    if (result instanceof ExpressionError) error ??= result;
  }
  if (error !== undefined) throw error;
  return !wanted;
}

function collect(macro: Comprehension, context: RunContext): Value[] {
  const results: Value[] = [];
  for (const item of elements(macro, context)) {
    context.locals[macro.slot] = item;
    if (macro.predicate !== undefined && !test(macro, context)) continue;
    results.push(macro.transform === undefined ? item : macro.transform.run(context));
  }
  return results;
}

function elements(macro: Comprehension, context: RunContext): ValueList {
  const range = macro.range.run(context);
  if (!isList(range) && !isMap(range)) {
    throw new ExpressionError(
      `${macro.name}() is called on a list or map, got a ${describeType(typeOf(range))}`,
    );
  }
  const items = isList(range) ? range : Object.keys(range);
  context.meter.spend(items.length);
  return items;
}

function test(macro: Comprehension, context: RunContext): boolean {
  const result = macro.predicate?.run(context) ?? null;
  if (typeof result === 'boolean') return result;
  throw new ExpressionError(`${macro.name}() wants a condition, got a ${describeType(typeOf(result))}`);
}

/** An ordinary error becomes a value; one that says "too costly" goes through. */
export function attempt(run: () => Value, { meter }: RunContext): Value | ExpressionError {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ExpressionError) || error.code === 'TEMPLATE_LIMIT') throw error;
    // Making an error is far dearer than any other step.
    meter.spend(100);
    return error;
  }
}

/** `a || b`, `a && b`: the side that decides wins, even if the other one fails (CEL's rule). */
export function logical(decisive: boolean, left: Code, right: Code): Code {
  const operand = (code: Code, context: RunContext): boolean => {
    const value = code.run(context);
    if (typeof value === 'boolean') return value;
    throw new ExpressionError(
      `\`${decisive ? '||' : '&&'}\` works on true and false, got a ${describeType(typeOf(value))}`,
    );
  };
  return {
    type: 'bool',
    run(context) {
      context.meter.spend(1);
      const first = attempt(() => operand(left, context), context);
      if (first === decisive) return first;
      const second = operand(right, context);
      if (first instanceof ExpressionError && second !== decisive) throw first;
      return second;
    },
  };
}
