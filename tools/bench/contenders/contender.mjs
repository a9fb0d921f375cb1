// What is measured, whatever it is made of.

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {Record<string, number>} processes role -> process id
 * @property {(listener: (seeds: number[]) => void) => void} onEnded the last task of these executions has run
 * @property {(workload: import('../workloads.cjs').Workload) => Promise<void>} begin what was before is forgotten
 * @property {(seeds: number[]) => Promise<void>} start executions of the workload that was begun
 * @property {() => Promise<void>} settled every result of what was started is where it will be kept
 * @property {() => Promise<{ seed: number, values: Record<number, number> }[]>} results what is kept
 * @property {() => Promise<LedgerReport>} report
 * @property {(workload: import('../workloads.cjs').Workload) => boolean} [canRun] default: everything
 * @property {() => Promise<void>} stop
 */

/**
 * @typedef {object} LedgerReport what the worker saw
 * @property {number} tasks
 * @property {number} repeated tasks that ran again
 * @property {number} executions
 * @property {number} unfinished executions of which tasks did not run
 * @property {number[]} steps milliseconds between tasks of an execution
 */
export {};
