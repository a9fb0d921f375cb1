// Whether everything was done, once and rightly.
const { expectedValues, resultNodes } = require('../workloads.cjs');

/** @param {import('../contenders/contender.mjs').LedgerReport} report */
function checkReport({ tasks, repeated, unfinished, executions }, started, shape) {
  if (repeated > 0) throw new Error(`${repeated} tasks ran more than once`);
  if (executions !== started || unfinished > 0 || tasks !== started * shape.length) {
    const seen = `${tasks} tasks of ${executions} executions ran, ${unfinished} executions unfinished`;
    throw new Error(`${started} executions of ${shape.length} tasks were started: ${seen}`);
  }
}

/** Of each execution at least the nodes nobody depends on have to be there; all that is there has to be right. */
function checkResults(results, started, shape) {
  const seeds = new Set(results.map(({ seed }) => seed));
  if (results.length !== started || seeds.size !== started)
    throw new Error(`${started} executions were started: there are results of ${seeds.size}`);
  const wanted = resultNodes(shape);
  for (const { seed, values } of results) {
    const expected = expectedValues(shape, seed);
    for (const node of wanted)
      if (values[node] === undefined) throw new Error(`execution ${seed} has no result of node ${node}`);
    for (const [node, value] of Object.entries(values))
      if (value !== expected[node])
        throw new Error(`execution ${seed}, node ${node}: ${value} instead of ${expected[node]}`);
  }
}

/** What the api answered to those who started the seeds 1, 2, ... of the shape and waited for the results. */
function checkAnswers(answers, shape) {
  const results = answers.map(({ execution_id: id, status, outputs }, index) => {
    if (status !== 'COMPLETED') throw new Error(`execution ${id} was answered as ${status}`);
    const values = Object.entries(outputs).map(([node, { value }]) => [node.slice(1), value]);
    return { seed: index + 1, values: Object.fromEntries(values) };
  });
  checkResults(results, answers.length, shape);
}

/** Everything that was started has to be complete. `counts`: of what was started, by status. */
function checkStatuses({ COMPLETED = 0, ...others }, started) {
  if (COMPLETED === started && Object.keys(others).length === 0) return;
  const ended = JSON.stringify({ COMPLETED, ...others });
  throw new Error(`${started} executions were started: they ended as ${ended}`);
}

module.exports = { checkReport, checkResults, checkAnswers, checkStatuses };
