import type { LogLine } from '../decider/events';
import type { Clock } from '../ports/clock';
import type { TaskLog } from '../ports/task-handler';
import { taskText } from './task-text';

const MAX_LINES = 200;
const MAX_LINE_CHARS = 4000;
const MAX_CHARS = 64_000;

export interface BoundedTaskLog extends TaskLog {
  readonly lines: readonly LogLine[];
}

/** Keeps what a handler logs with its attempt: the first lines, up to a bound that it names. */
export function boundedTaskLog(clock: Clock): BoundedTaskLog {
  const lines: LogLine[] = [];
  let chars = 0;
  const full = (): boolean => lines.length > MAX_LINES || chars > MAX_CHARS;
  const add = (level: LogLine['level'], message: unknown): void => {
    if (full()) return;
    const text = taskText(message, MAX_LINE_CHARS);
    const at = new Date(clock.now()).toISOString();
    lines.push({ at, level, message: text });
    chars += text.length;
    if (full())
      lines.push({ at, level: 'warn', message: 'the log of this attempt is full; later lines are dropped' });
  };
  return {
    lines,
    debug: (message) => add('debug', message),
    info: (message) => add('info', message),
    warn: (message) => add('warn', message),
    error: (message) => add('error', message),
  };
}
