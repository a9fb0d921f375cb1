import type { Log } from '@workflow-engine/execution';

import type { Running } from './run-process';

/**
 * Does something now and every so often, one time after the other, until it is closed. Of a series of failures the
 * first one is logged, and their end.
 * @param what completes "... failed" in the log
 */
export function repeated(what: string, everyMs: number, log: Log, work: () => Promise<unknown>): Running {
  let failed = false;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let last = turn();

  async function turn(): Promise<void> {
    try {
      await work();
      if (failed) log.info(`${what}: works again`);
      failed = false;
    } catch (error) {
      if (!failed && !closed) log.warn(`${what} failed, trying again`, { err: error });
      failed = true;
    }
    if (closed) return;
    timer = setTimeout(() => {
      last = turn();
    }, everyMs).unref();
  }

  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await last;
    },
  };
}
