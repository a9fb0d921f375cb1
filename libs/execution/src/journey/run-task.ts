import { revealSecrets } from '@workflow-engine/templating';
import type { Json, JsonObject } from '@workflow-engine/dag';

import type { TaskOutcome } from '../decider/commands';
import type { AttemptReport, TaskError } from '../decider/events';
import type { Clock } from '../ports/clock';
import type { Secrets } from '../ports/secrets';
import { TaskFailure } from '../ports/task-handler';
import type { TaskContext, TaskHandler } from '../ports/task-handler';
import type { Task } from '../ports/task-queue';
import { exceeds } from '../decider/json-bounds';
import { boundedTaskLog } from './task-log';
import { taskText } from './task-text';

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
 * handler does; when `signal` aborts, the outcome is a failure nobody waits for any more.
 */
export async function runTask(
  ports: RunTaskPorts,
  task: Task,
  worker: string,
  signal: AbortSignal,
): Promise<TaskOutcome> {
  const { executionId, nodeId, attempt } = task;
  const log = boundedTaskLog(ports.clock);
  const startedAt = new Date(ports.clock.now()).toISOString();
  const report = (): AttemptReport => ({
    worker,
    started_at: startedAt,
    // A copy: a handler that was given up on may go on logging.
    ...(log.lines.length > 0 && { logs: [...log.lines] }),
  });
  try {
    const output = await underWatch(ports, task, signal, log);
    return { type: 'TaskSucceeded', executionId, nodeId, attempt, output: asJson(output), report: report() };
  } catch (error) {
    return { type: 'TaskFailed', executionId, nodeId, attempt, error: taskErrorOf(error), report: report() };
  }
}

/** The handler's output, or whichever comes first: a timeout, a missing heartbeat, the signal. */
async function underWatch(
  { handlers, secrets, clock }: RunTaskPorts,
  task: Task,
  signal: AbortSignal,
  log: TaskContext['log'],
): Promise<unknown> {
  const handler = handlers.get(task.handler);
  if (handler === undefined) throw unknownHandler(task.handler);
  if (signal.aborted) throw toldToStop();
  const config = revealSecrets(structuredClone(task.config), task.secrets, (name) => secrets.find(name));
  const watch = new Watch(clock, signal);
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
    log,
  };
  try {
    return await Promise.race([Promise.resolve(handler.run(config as JsonObject, context)), watch.ended]);
  } finally {
    watch.close();
  }
}

/**
 * Rejects `ended`, and aborts `signal`, when a limit is reached or the outer signal aborts. Signals cost more than
 * the rest of a short task, so they are made only for those who ask.
 */
class Watch {
  readonly ended: Promise<never>;
  private abort: AbortController | undefined;
  private closed: AbortController | undefined;
  private beat: AbortController | undefined;
  private failure: TaskFailure | undefined;
  private over = false;
  private reject: (reason: TaskFailure) => void = () => undefined;

  constructor(
    private readonly clock: Clock,
    private readonly outer: AbortSignal,
  ) {
    this.ended = new Promise((_, reject) => (this.reject = reject));
    // Once the handler has won the race, nobody listens any more.
    this.ended.catch(() => undefined);
    outer.addEventListener('abort', this.onOuterAbort, { once: true });
  }

  get signal(): AbortSignal {
    if (this.abort === undefined) {
      this.abort = new AbortController();
      if (this.failure !== undefined) this.abort.abort(this.failure);
    }
    return this.abort.signal;
  }

  limit(ms: number, code: string, name: string): void {
    this.closed ??= new AbortController();
    this.endAfter(ms, code, name, this.closed.signal);
  }

  heartbeat(ms: number): void {
    if (this.over) return;
    this.beat?.abort('a beat');
    this.beat = new AbortController();
    this.endAfter(ms, 'HEARTBEAT_TIMEOUT', 'heartbeat', this.beat.signal);
  }

  close(): void {
    this.over = true;
    this.outer.removeEventListener('abort', this.onOuterAbort);
    this.closed?.abort('closed');
    this.beat?.abort('closed');
  }

  private endAfter(ms: number, code: string, name: string, stop: AbortSignal): void {
    void this.clock.sleep(ms, stop).then(() => {
      if (stop.aborted) return;
      const message = `not finished within its ${name} timeout of ${ms} ms`;
      this.end(new TaskFailure(code, message, { retryable: true }));
    });
  }

  private readonly onOuterAbort = (): void => {
    this.end(toldToStop());
  };

  private end(failure: TaskFailure): void {
    this.failure ??= failure;
    this.abort?.abort(failure);
    this.reject(failure);
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

function toldToStop(): TaskFailure {
  return new TaskFailure('CANCELLED', 'the task was told to stop');
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
