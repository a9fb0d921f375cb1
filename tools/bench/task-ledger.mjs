// Lives in the process that runs the tasks, whichever engine they are of: runs them, notes what ran how often, and
// tells the driver of executions of which the last task has run.
import { answer, tell } from './process-messages.mjs';
import { valueOf } from './workloads.cjs';

// A worker that finds tasks waiting cannot be told in time.
let nodes = Number(process.env.BENCH_NODES ?? 0);
let isTimed = false;
let executions = new Map();
let steps = [];
let ended = [];
let tasks = 0;
let repeated = 0;

/** Runs a task. @returns {number} its value */
export function runTask(seed, node, sum) {
  const now = performance.now();
  let execution = executions.get(seed);
  if (execution === undefined) {
    execution = { ran: new Uint8Array(nodes), left: nodes, steppedAt: undefined };
    executions.set(seed, execution);
  }
  tasks += 1;
  if (execution.ran[node]++ > 0) {
    repeated += 1;
  } else if (--execution.left === 0) {
    noteEnd(seed);
  }
  if (isTimed) {
    if (execution.steppedAt !== undefined) steps.push(now - execution.steppedAt);
    execution.steppedAt = performance.now();
  }
  return valueOf(seed, node, sum);
}

/** All that end in one turn are told together. */
function noteEnd(seed) {
  if (ended.length === 0) {
    setImmediate(() => {
      tell({ ended });
      ended = [];
    });
  }
  ended.push(seed);
}

/** Answers the driver; `onBegin` hears what is to be run next. */
export function serveLedger(onBegin = () => undefined) {
  answer({
    /** Forgets all that ran. `isTimed`: the time between tasks of an execution counts, which has to be a chain. */
    begin(run) {
      nodes = run.shape.length;
      isTimed = run.isTimed;
      executions = new Map();
      steps = [];
      tasks = 0;
      repeated = 0;
      onBegin(run);
    },
    count: () => tasks,
    /** What ran since. */
    report() {
      const unfinished = [...executions.values()].filter(({ left }) => left > 0).length;
      return { tasks, repeated, unfinished, executions: executions.size, steps };
    },
  });
}
