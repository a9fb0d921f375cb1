// Contenders of two processes: the producer starts executions and knows their results, the worker runs their tasks.

/**
 * @param {{ name: string, producer: import('../child-process.mjs').ChildProcess,
 *   worker: import('../child-process.mjs').ChildProcess, servers: Record<string, number>,
 *   canRun?: import('./contender.mjs').Contender['canRun'] }} parts `servers`: name -> process id
 * @returns {import('./contender.mjs').Contender}
 */
export function twoProcesses({ producer, worker, servers, ...parts }) {
  return {
    ...parts,
    processes: { producer: producer.pid, worker: worker.pid, ...servers },
    onEnded: (listener) => worker.onNews(({ ended }) => listener(ended)),
    async begin({ shape, unit }) {
      await producer.ask('begin', { shape });
      await worker.ask('begin', { shape, isTimed: unit === 'ms a step' });
    },
    start: (seeds) => producer.ask('start', { seeds }),
    settled: () => producer.ask('settled'),
    results: () => producer.ask('results'),
    report: () => worker.ask('report'),
    async stop() {
      await Promise.all([worker.stop(), producer.stop()]);
    },
  };
}
