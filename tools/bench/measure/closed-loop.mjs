// A closed loop: so many executions are in flight; when a fifth of them has ended, as many start in one call, as who
// feeds an engine in bulk would do it.

/** How long what is in flight may take. */
const PATIENCE_MS = 120_000;

/**
 * Keeps executions in flight for `seconds` (or runs one, if that is the workload), until every result is where it
 * will be kept. The contender knows the workload already.
 * @param {import('../contenders/contender.mjs').Contender} contender
 * @param {import('../workloads.cjs').Workload} workload
 * @param {{ seconds: number }} options
 * @returns {Promise<{ executions: number, ranMs: number, settledMs: number }>} times since the start: of the last
 *   task, and of the last result
 */
export async function closedLoop(contender, workload, { seconds }) {
  let started = 0;
  let ended = 0;
  let starting = false;
  let fail;
  let lastRan;
  const allRan = new Promise((resolve, reject) => ((lastRan = resolve), (fail = reject)));
  const begin = performance.now();
  const until = begin + seconds * 1000;
  const wantsMore = () => (workload.once ? started === 0 : performance.now() < until);
  const refill = Math.ceil(workload.inFlight / 5);
  /** One call at a time; what becomes free meanwhile goes with the next one. */
  const fill = async () => {
    if (starting) return;
    starting = true;
    while (started - ended <= workload.inFlight - refill && wantsMore()) {
      const seeds = Array.from(
        { length: workload.inFlight - (started - ended) },
        (_, index) => started + index + 1,
      );
      started += seeds.length;
      await contender.start(seeds);
    }
    starting = false;
    if (ended === started) lastRan();
  };
  const patience = setTimeout(
    () => {
      fail(new Error(`${contender.name}: ${started - ended} of ${started} executions did not end`));
    },
    seconds * 1000 + PATIENCE_MS,
  );
  contender.onEnded((seeds) => {
    ended += seeds.length;
    fill().catch(fail);
  });
  fill().catch(fail);
  try {
    await allRan;
    const ranMs = performance.now() - begin;
    await Promise.race([contender.settled(), allRan.then(() => new Promise((_, reject) => (fail = reject)))]);
    return { executions: started, ranMs, settledMs: performance.now() - begin };
  } finally {
    clearTimeout(patience);
    contender.onEnded(() => undefined);
  }
}
