import type { Fault, Json } from '@workflow-engine/dag';
import type { ErrorObject } from 'ajv/dist/2020';
import type { CompiledSchema } from './compiled-schema';
import { describeError, pointerOf } from './describe-error';
import type { IsOpen } from './open-values';
import { certainErrors } from './possible-errors';

/**
 * Faults for people. Where a value fits no alternative of `anyOf`/`oneOf`, the faults of the one it was
 * evidently meant for are told (the only one that got past the value's own type and constants); otherwise all
 * the alternatives, in one sentence.
 */
export function explainErrors(
  schema: CompiledSchema,
  errors: readonly ErrorObject[],
  isOpen: IsOpen,
): Fault[] {
  const faults = errors.flatMap((error) => explain(schema, error, isOpen));
  const seen = new Set<string>();
  return faults.filter(({ pointer, message }) => {
    const key = `${pointer}\n${message}`;
    return !seen.has(key) && seen.add(key);
  });
}

function explain(schema: CompiledSchema, error: ErrorObject, isOpen: IsOpen): Fault[] {
  const inner = (...path: (string | number)[]) =>
    explainErrors(
      schema,
      certainErrors(schema, schema.errorsOf(error.parentSchema, path, error.data as Json), isOpen),
      isOpen,
    ).map((fault) => ({ ...fault, pointer: error.instancePath + fault.pointer }));

  switch (error.keyword) {
    case 'if': {
      const faults = inner(error.params.failingKeyword as string);
      return faults.length > 0 ? faults : [fault(error, describeError(error))];
    }
    case 'anyOf':
      return alternatives(error, (index) => inner('anyOf', index), schema);
    case 'oneOf': {
      const passing = error.params.passingSchemas as number[] | null | undefined;
      if (passing !== null && passing !== undefined) {
        return [
          fault(
            error,
            `The value fits alternatives ${passing.join(' and ')} of "oneOf". It must fit one only.`,
          ),
        ];
      }
      return alternatives(error, (index) => inner('oneOf', index), schema);
    }
    default:
      return [fault(error, describeError(error))];
  }
}

function alternatives(
  error: ErrorObject,
  faultsOf: (index: number) => Fault[],
  schema: CompiledSchema,
): Fault[] {
  const indexes = [...(error.schema as unknown[]).keys()];
  const meant = indexes.filter((index) => !missesTheKind(schema, error, index));
  const only = meant.length === 1 ? meant[0] : undefined;
  if (only !== undefined) return faultsOf(only);
  const sentences = (meant.length > 0 ? meant : indexes).slice(0, longestList).map((index) =>
    faultsOf(index)
      .map((inner) => placed(error, inner))
      .join(' '),
  );
  const options = [...new Set(sentences)].map((sentence, index) => `(${index + 1}) ${sentence}`);
  return [
    fault(error, `The value fits none of the alternatives. ${options.join(' ')}`.slice(0, longestMessage)),
  ];
}

/** Whether an alternative is of another kind altogether: wrong type here, or another constant just below. */
function missesTheKind(schema: CompiledSchema, error: ErrorObject, index: number): boolean {
  return schema
    .errorsOf(error.parentSchema, [error.keyword, index], error.data as Json)
    .some(
      (inner) =>
        (inner.keyword === 'type' && inner.instancePath === '') ||
        ((inner.keyword === 'const' || inner.keyword === 'enum') &&
          inner.instancePath.split('/').length <= 2),
    );
}

function placed(outer: ErrorObject, inner: Fault): string {
  const below = inner.pointer.slice(outer.instancePath.length);
  return below === '' ? inner.message : `At ${below}: ${inner.message}`;
}

const longestList = 5;
const longestMessage = 1_000;

function fault(error: ErrorObject, message: string): Fault {
  return { code: 'SCHEMA', pointer: pointerOf(error), message };
}
