import { revealSecrets } from '@workflow-engine/templating';
import type { Json, JsonObject } from '@workflow-engine/dag';

import type { TaskOutcome } from '../decider/commands';
import type { AttemptReport, TaskError } from '../decider/events';
import type { Clock } from '../ports/clock';
import type { Secrets } from '../ports/secrets';
import { TaskFailure } from '../ports/task-handler';
import type { TaskContext, TaskHandler } from '../ports/task-handler';
import type { Task, TaskRef } from '../ports/task-queue';
import { exceeds } from '../decider/json-bounds';
import { isoTime } from '../iso-time';
import { type BoundedTaskLog, boundedTaskLog } from './task-log';
import { taskText } from './task-text';
import type { TaskWatch } from './task-watch';

/** A larger output fails its task; hand big data over by reference (a URL, an object's key). */
const MAX_OUTPUT_CHARS = 16 * 1024 * 1024;
/** Levels of arrays and objects; far below what templates, serializers and databases cope with. */
const MAX_OUTPUT_DEPTH = 256;
const MAX_DETAILS_CHARS = 64 * 1024;
const MAX_MESSAGE_CHARS = 8000;
const MAX_CODE_CHARS = 128;

export interface RunTaskPorts {
  readonly handlers: ReadonlyMap<string, TaskHandler>;
  readonly secrets: Secrets;
  readonly clock: Clock;
}

/**
 * Runs one task to its outcome. Never throws, and never waits longer than the task's timeouts, whatever the
 * handler does; when the watch is told to stop, the outcome is a failure nobody waits for any more.
 */
export async function runTask(
  ports: RunTaskPorts,
  task: Task,
  worker: string,
  watch: TaskWatch,
): Promise<TaskOutcome> {
  const { executionId, nodeId, attempt } = task;
  let log: BoundedTaskLog | undefined;
  const startedAt = isoTime(ports.clock.now());
  const report = (): AttemptReport => ({
    worker,
    started_at: startedAt,
    // A copy: a handler that was given up on may go on logging.
    ...(log !== undefined && log.lines.length > 0 && { logs: [...log.lines] }),
  });
  try {
    const output = await underWatch(ports, task, watch, () => (log ??= boundedTaskLog(ports.clock)));
    return { type: 'TaskSucceeded', executionId, nodeId, attempt, output: asJson(output), report: report() };
  } catch (error) {
    return failureOf(task, error, report());
  }
}

export function failureOf(
  { executionId, nodeId, attempt }: TaskRef,
  error: unknown,
  report: AttemptReport,
): TaskOutcome {
  return { type: 'TaskFailed', executionId, nodeId, attempt, error: taskErrorOf(error), report };
}

/** The handler's output, or whichever comes first: a timeout, a missing heartbeat, the end of its watch. */
async function underWatch(
  { handlers, secrets }: RunTaskPorts,
  task: Task,
  watch: TaskWatch,
  logOf: () => TaskContext['log'],
): Promise<unknown> {
  const handler = handlers.get(task.handler);
  if (handler === undefined) throw unknownHandler(task.handler);
  const config = revealSecrets(task.config, task.secrets, (name) => secrets.find(name));
  const { executionId, nodeId, attempt, startToCloseMs, heartbeatMs } = task;
  if (startToCloseMs !== undefined) watch.limit(startToCloseMs, 'TIMEOUT', 'start_to_close');
  if (heartbeatMs !== undefined) watch.heartbeat(heartbeatMs);
  const context: TaskContext = {
    executionId,
    nodeId,
    attempt,
    idempotencyKey: `${executionId}:${nodeId}`,
    get signal() {
      return watch.signal;
    },
    heartbeat: () => heartbeatMs !== undefined && watch.heartbeat(heartbeatMs),
    get log() {
      return logOf();
    },
  };
  try {
    return await watch.unlessEnded(() => handler.run(config as JsonObject, context));
  } finally {
    watch.close();
  }
}

/** What JSON makes of the output, so that nothing is shared with the handler and nothing is lost later. */
function asJson(output: unknown): Json {
  const text = stringify(output);
  if (text === undefined) return null;
  if (text.length > MAX_OUTPUT_CHARS) {
    const message = `the output has ${text.length} characters as JSON, more than ${MAX_OUTPUT_CHARS}; hand big data over by reference`;
    throw new TaskFailure('OUTPUT_TOO_LARGE', message);
  }
  const value = JSON.parse(text) as Json;
  if (isTooDeep(value, text)) {
    const message = `the output is nested deeper than ${MAX_OUTPUT_DEPTH} levels; hand it over as text`;
    throw new TaskFailure('OUTPUT_NOT_JSON', message);
  }
  return value;
}

function isTooDeep(value: Json, { length }: string): boolean {
  // Each level takes two characters at least.
  if (length < 2 * MAX_OUTPUT_DEPTH) return false;
  return exceeds(value, { maxChars: Infinity, maxDepth: MAX_OUTPUT_DEPTH }) === 'depth';
}

function stringify(output: unknown): string | undefined {
  try {
    return JSON.stringify(output);
  } catch (cause) {
    const why = taskText(cause, MAX_MESSAGE_CHARS);
    throw new TaskFailure('OUTPUT_NOT_JSON', `the output cannot be written as JSON: ${why}`, { cause });
  }
}

function unknownHandler(name: string): TaskFailure {
  const message = `this worker has no handler "${name}"; start one that has it, or route the node to its queue`;
  return new TaskFailure('UNKNOWN_HANDLER', message);
}

/** Whatever was thrown, as a bounded part of the journal. */
function taskErrorOf(error: unknown): TaskError {
  const details = error instanceof TaskFailure ? detailsOf(error) : undefined;
  const code = propertyOf(error, 'code');
  return {
    code: typeof code === 'string' && code !== '' ? code.slice(0, MAX_CODE_CHARS) : 'HANDLER_ERROR',
    message: taskText(error, MAX_MESSAGE_CHARS),
    retryable: propertyOf(error, 'retryable') === true,
    ...(details !== undefined && { details }),
  };
}

/** Left out when they are no JSON, or too much of it: the failure itself must get through. */
function detailsOf(failure: TaskFailure): Json | undefined {
  try {
    const text = JSON.stringify(failure.details) as string | undefined;
    if (text === undefined || text.length > MAX_DETAILS_CHARS) return undefined;
    const details = JSON.parse(text) as Json;
    return isTooDeep(details, text) ? undefined : details;
  } catch {
    return undefined;
  }
}

function propertyOf(error: unknown, name: 'code' | 'retryable'): unknown {
  if (typeof error !== 'object' || error === null) return undefined;
  try {
    return (error as Readonly<Record<string, unknown>>)[name];
  } catch {
    return undefined;
  }
}
