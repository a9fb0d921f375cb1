/**
 * The workflow definition as people write it: one JSON document, `snake_case` names. These types describe a
 * document that {@link parseDefinition} has accepted; anything else is `unknown`.
 */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** An ISO 8601 duration (`"PT1.5S"`) or a number of seconds. {@link durationMs} turns it into milliseconds. */
export type Duration = string | number;

export interface WorkflowDefinition {
  readonly name: string;
  readonly description?: string;
  /** Searchable key/value pairs, copied to every execution. */
  readonly labels?: Readonly<Record<string, string>>;
  /** JSON Schema that the trigger's input must satisfy. */
  readonly input_schema?: JsonObject;
  /** Template of the execution's output. Default: the outputs of the nodes nobody depends on, by node id. */
  readonly output?: Json;
  /** Longest time from trigger to end; then the execution is TIMED_OUT. */
  readonly timeout?: Duration;
  readonly dag: { readonly nodes: readonly NodeDefinition[] };
}

export interface NodeDefinition {
  readonly id: string;
  readonly handler: string;
  readonly dependencies?: readonly string[];
  readonly config?: JsonObject;
  /** CEL condition, evaluated when the join is satisfied; false means SKIPPED. */
  readonly when?: string;
  readonly join?: JoinPolicy;
  readonly retry?: RetryPolicy;
  /** One duration means `start_to_close`. */
  readonly timeout?: Duration | NodeTimeouts;
  readonly on_failure?: 'fail' | 'continue';
  /** What becomes of a task whose worker was lost after it may have begun. Tasks for workers only. */
  readonly on_uncertain?: UncertaintyPolicy;
  /** Which workers may run it. Default `"default"`. */
  readonly queue?: string;
}

/** Trigger rules: which mix of succeeded, failed and skipped dependencies lets a node run. */
export type JoinPolicy =
  'all_succeeded' | 'all_done' | 'any_succeeded' | 'none_failed' | { readonly at_least: number };

/**
 * `retry`: it runs again. `park`: it waits for a person, who tries it again or gives it up. `fail`: the attempt fails
 * with the code `UNCERTAIN`.
 */
export type UncertaintyPolicy = 'retry' | 'park' | 'fail';

export interface RetryPolicy {
  /** Including the first one. */
  readonly max_attempts?: number;
  readonly interval?: Duration;
  readonly backoff_rate?: number;
  readonly max_interval?: Duration;
  /** `full`: uniformly between 0 and the backoff (AWS, "Exponential Backoff And Jitter"). */
  readonly jitter?: 'full' | 'none';
  /** Error codes to retry; `"*"` is any. Default: the errors that the handler itself marks as retryable. */
  readonly retry_on?: readonly string[];
}

export interface NodeTimeouts {
  readonly schedule_to_start?: Duration;
  readonly start_to_close?: Duration;
  readonly heartbeat?: Duration;
}
