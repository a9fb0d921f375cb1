/** What callers give to and get from templates. A template is JSON whose strings may hold `${ CEL }`. */
import type { Json, JsonObject } from '@workflow-engine/dag';
import type { TemplateLimits } from './limits';

/** What an expression sees of a node: `<id>.output`, `<id>.status`, `<id>.error`. */
export interface NodeView {
  readonly output: Json;
  readonly status: string;
  /** `null`, or `{ code, message, ... }`. */
  readonly error: Json;
}

/** The facts that expressions are evaluated against. */
export interface TemplateScope {
  /** By graph index; called only for nodes that are referenced. */
  node(index: number): NodeView;
  /** The trigger's input. */
  readonly input: Json;
  /** `started_at` is an ISO 8601 instant. */
  readonly execution: { readonly id: string; readonly started_at: string };
  readonly labels: Readonly<Record<string, string>>;
}

/** A string of a resolved value that refers to secrets: real values are put in only by the worker. */
export interface SecretSlot {
  /** JSON pointer (RFC 6901) into the resolved value. */
  readonly pointer: string;
  /** The string's parts in order, already resolved apart from the secrets. */
  readonly parts: readonly (string | { readonly secret: string })[];
}

export interface Resolved {
  /** Where a secret belongs, this shows the text `${secrets.NAME}`. */
  readonly value: Json;
  readonly secrets: readonly SecretSlot[];
}

export interface CompiledTemplate {
  /** No expression at all: the value never changes. */
  readonly isStatic: boolean;
  /** Graph indices of the nodes it reads, ascending. */
  readonly references: readonly number[];
  readonly secretNames: readonly string[];
  /** @throws TemplateError when an expression fails or the result outgrows the limits */
  resolve(scope: TemplateScope): Resolved;
}

export interface CompiledCondition {
  /** Graph indices of the nodes it reads, ascending. */
  readonly references: readonly number[];
  /** @throws TemplateError when the expression fails or its result is no boolean */
  evaluate(scope: TemplateScope): boolean;
}

export interface NodeTemplates {
  readonly config: CompiledTemplate;
  readonly when?: CompiledCondition;
}

export interface CompiledTemplates {
  /** By graph index. */
  readonly nodes: readonly NodeTemplates[];
  readonly output?: CompiledTemplate;
}

export interface TemplateOptions {
  /** JSON Schema of a node's output, if its handler declares one: paths that it rules out become faults. */
  readonly outputSchemaOf?: (nodeIndex: number) => JsonObject | undefined;
  readonly limits?: Partial<TemplateLimits>;
}
