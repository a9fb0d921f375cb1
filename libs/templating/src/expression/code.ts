/** A compiled expression is a tree of these: what CEL's syntax tree becomes, ready to run. */
import type { TemplateScope } from '../types';
import type { Meter } from '../limits';
import type { StaticType, Value } from './value';

export interface RunContext {
  readonly scope: TemplateScope;
  readonly meter: Meter;
  /** Values of iteration variables, by nesting. */
  readonly locals: Value[];
}

export interface Code {
  readonly type: StaticType;
  /** @throws ExpressionError */
  run(context: RunContext): Value;
}

/** A fault that doesn't know yet where in the document it is. */
export interface FaultDraft {
  readonly code: TemplateFaultCode;
  readonly message: string;
}

export type TemplateFaultCode =
  | 'TEMPLATE_SYNTAX'
  | 'TEMPLATE_LIMIT'
  | 'UNKNOWN_REFERENCE'
  | 'UNKNOWN_FIELD'
  | 'UNKNOWN_FUNCTION'
  | 'TYPE_MISMATCH'
  | 'SECRET_NOT_ALLOWED'
  | 'NOT_AN_ANCESTOR'
  | 'REFERENCE_TOO_COSTLY'
  | 'MORE_FAULTS';

export function constant(value: Value, type: StaticType): Code {
  return { type, run: () => value };
}

/** Stands where a fault was found, so that the rest of the expression can still be checked. */
export const faulty: Code = constant(null, 'dyn');
