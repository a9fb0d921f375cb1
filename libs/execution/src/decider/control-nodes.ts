import { checkDuration, durationSchema } from '@workflow-engine/dag';
import type { Json, JsonObject } from '@workflow-engine/dag';
import { DEFAULT_LIMITS } from '@workflow-engine/templating';

import type { TaskError } from './events';
import { exceeds } from './json-bounds';

/** What a control node sees of its execution. */
export interface ControlContext {
  readonly input: Json;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Outputs by dependency id, in the order of `dependencies`. */
  dependencyOutputs(): JsonObject;
}

export type ImmediateResult =
  | { readonly kind: 'completed'; readonly output: Json }
  | { readonly kind: 'failed'; readonly error: TaskError };

export type ControlResult = ImmediateResult | { readonly kind: 'waiting'; readonly dueAt: number };

/** A node that the decider carries out itself; no worker is involved. Pure, like every decision. */
export interface ControlHandler {
  readonly configSchema: JsonObject;
  readonly outputSchema?: JsonObject;
  evaluate(config: JsonObject, context: ControlContext): ControlResult;
}

const completed = (output: Json): ControlResult => ({ kind: 'completed', output });

/**
 * Outputs put together without a template, within the bounds that templates have. Without them a few dozen nodes
 * that collect each other's outputs would make a journal that nobody can write down.
 */
export function collected(outputs: JsonObject): ImmediateResult {
  const { maxSize: maxChars, maxDepth } = DEFAULT_LIMITS;
  const exceeded = exceeds(outputs, { maxChars, maxDepth });
  if (exceeded === undefined) return { kind: 'completed', output: outputs };
  const what = exceeded === 'depth' ? `deeper than ${maxDepth} levels` : `larger than ${maxChars} characters`;
  const message = `the collected outputs are ${what}; choose what is needed with a template`;
  return { kind: 'failed', error: { code: 'OUTPUT_TOO_LARGE', message, retryable: false } };
}

const anyObject: JsonObject = { type: 'object' };
const nothing: JsonObject = { type: 'object', properties: {}, additionalProperties: false };

/** The trigger's input over the defaults in the config. */
const input: ControlHandler = {
  configSchema: anyObject,
  evaluate: (config, context) => completed({ ...config, ...(context.input as JsonObject) }),
};

/** Its config if it has one, else what its dependencies gave. */
const output: ControlHandler = {
  configSchema: anyObject,
  evaluate: (config, context) =>
    Object.keys(config).length > 0 ? completed(config) : collected(context.dependencyOutputs()),
};

const transform: ControlHandler = {
  configSchema: anyObject,
  evaluate: (config) => completed(config),
};

const noop: ControlHandler = {
  configSchema: anyObject,
  outputSchema: nothing,
  evaluate: () => completed({}),
};

const fail: ControlHandler = {
  configSchema: {
    type: 'object',
    properties: { code: { type: 'string' }, message: { type: 'string' } },
    additionalProperties: false,
  },
  evaluate: (config) => ({
    kind: 'failed',
    error: {
      code: typeof config.code === 'string' ? config.code : 'FAILED',
      message: typeof config.message === 'string' ? config.message : 'the workflow says: fail here',
      retryable: false,
    },
  }),
};

/** Waits for a while, or until a moment (ISO 8601 date-time); one in the past is over at once. */
const delay: ControlHandler = {
  configSchema: {
    type: 'object',
    properties: { duration: durationSchema, until: { type: 'string', format: 'date-time' } },
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
  },
  outputSchema: nothing,
  evaluate(config, context) {
    const due = dueTime(config, context.now);
    return due.ok
      ? { kind: 'waiting', dueAt: due.at }
      : { kind: 'failed', error: { code: 'INVALID_CONFIG', message: due.message, retryable: false } };
  },
};

type DueTime = { readonly ok: true; readonly at: number } | { readonly ok: false; readonly message: string };

function dueTime({ duration, until }: JsonObject, now: number): DueTime {
  if (duration !== undefined) {
    const checked = checkDuration(duration);
    return checked.ok ? { ok: true, at: now + checked.ms } : checked;
  }
  const at = typeof until === 'string' ? Date.parse(until) : Number.NaN;
  if (!Number.isNaN(at)) return { ok: true, at };
  return { ok: false, message: '"until" must be an ISO 8601 date-time such as "2030-01-31T09:00:00Z".' };
}

export const CONTROL_HANDLERS: ReadonlyMap<string, ControlHandler> = new Map(
  Object.entries({ input, output, transform, noop, fail, delay }),
);
