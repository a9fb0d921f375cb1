import { TaskFailure, type TaskContext } from '@workflow-engine/execution';

/** A task's context that remembers what was logged. */
export function recordedContext(signal: AbortSignal = new AbortController().signal) {
  const lines: string[] = [];
  const push = (message: string) => void lines.push(message);
  const context: TaskContext = {
    executionId: 'e-1',
    nodeId: 'call',
    attempt: 1,
    idempotencyKey: 'e-1:call',
    signal,
    heartbeat: () => undefined,
    log: { debug: push, info: push, warn: push, error: push },
  };
  return { context, lines };
}

/** The failure that `work` ends with; anything else is an error of the test. */
export async function failureOf(work: Promise<unknown> | (() => unknown)): Promise<TaskFailure> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    if (error instanceof TaskFailure) return error;
    throw error;
  }
  throw new Error('It did not fail');
}
