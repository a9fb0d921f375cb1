import type { Json } from '@workflow-engine/dag';
import type { ErrorObject } from 'ajv/dist/2020';
import type { CompiledSchema } from './compiled-schema';
import { hasOpen, type IsOpen, looksAtOpen } from './open-values';

/**
 * The errors that stand whatever the open strings (templates) of the data turn out to be. Three-valued logic in
 * disguise: a keyword that only adds up its parts keeps the errors at closed values; one that weighs
 * alternatives or negates is asked again, and in doubt the data fits.
 */
export function certainErrors(
  schema: CompiledSchema,
  errors: readonly ErrorObject[],
  isOpen: IsOpen,
): ErrorObject[] {
  return errors.filter((error) => isCertain(schema, error, isOpen));
}

function isCertain(schema: CompiledSchema, error: ErrorObject, isOpen: IsOpen): boolean {
  const data = error.data as Json;
  // What Ajv says inside `propertyNames` is about the name; the keyword's own error tells it once.
  if (error.propertyName !== undefined) return false;
  if (typeof data === 'string' && isOpen(data)) return false;
  if (!dependsOnValues.has(error.keyword)) return true;
  if (error.keyword === 'propertyNames') return !isOpen(error.params.propertyName as string);
  if (!hasOpen(data, isOpen, schema.spend)) return true;

  const verdictOf = (...path: (string | number)[]) => schema.errorsOf(error.parentSchema, path, data);
  const certainlyFails = (...path: (string | number)[]) =>
    certainErrors(schema, verdictOf(...path), isOpen).length > 0;
  const isSettled = (...path: (string | number)[]) =>
    !looksAtOpen(data, isOpen, (copy) => schema.errorsOf(error.parentSchema, path, copy as Json));

  switch (error.keyword) {
    case 'anyOf':
      return branches(error).every((index) => certainlyFails('anyOf', index));
    case 'oneOf': {
      const passing = (error.params.passingSchemas ?? []) as number[];
      if (passing.length > 1) return passing.every((index) => isSettled('oneOf', index));
      return branches(error).every((index) => certainlyFails('oneOf', index));
    }
    case 'not':
      return isSettled('not');
    case 'if': {
      const taken = error.params.failingKeyword as 'then' | 'else';
      if (!certainlyFails(taken)) return false;
      return isSettled('if') || certainlyFails(taken === 'then' ? 'else' : 'then');
    }
    case 'uniqueItems': {
      const { i, j } = error.params as { i: number; j: number };
      const items = data as readonly Json[];
      return !hasOpen(items[i], isOpen, schema.spend) && !hasOpen(items[j], isOpen, schema.spend);
    }
    default:
      return false;
  }
}

/** Keywords whose verdict on an object or array can turn with a string inside it. */
const dependsOnValues = new Set([
  'anyOf',
  'oneOf',
  'not',
  'if',
  'contains',
  'const',
  'enum',
  'uniqueItems',
  'unevaluatedItems',
  'unevaluatedProperties',
  'propertyNames',
]);

function branches(error: ErrorObject): number[] {
  return [...(error.schema as unknown[]).keys()];
}
