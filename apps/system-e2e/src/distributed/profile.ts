/** How hard the engine is tested: `quick` belongs to every test run, `long` to `npm run faults`. */
export interface Profile {
  /** How often each fault is caused; ... */
  readonly rounds: number;
  /** ... how often something is killed, which is soon over; ... */
  readonly kills: number;
  /** ... and how often all active executions are lost by Redis. */
  readonly losses: number;
  readonly requestsPerSecond: number;
  /** Calls that the upstream must see before a fault, and again after it. */
  readonly effectsBefore: number;
  readonly effectsAfter: number;
  /** Short ones, so that tests need not wait long for what was lost. */
  readonly leaseMs: number;
  readonly recoverAfterMs: number;
  /** Executions shared by all processes. */
  readonly shared: number;
  /** Branches of one fan-in. */
  readonly branches: number;
  /** Nodes of one execution. */
  readonly nodes: number;
  /** Executions that are active when all of Redis is lost. */
  readonly active: number;
  /** How far Redis is rolled back: further than what is not archived, or it would prove nothing. */
  readonly rollbackMs: number;
  /** How long Postgres is away when there is enough to do without it. */
  readonly outageMs: number;
  /** How long something else that everybody needs is away, or has no room. */
  readonly shortageMs: number;
  /** By how much clocks go wrong. */
  readonly clockJumpMs: number;
  /** How long processes are killed one after the other, at how many requests per second. */
  readonly stormMs: number;
  readonly stormPerSecond: number;
  /** Tasks of an execution that may not disturb others. */
  readonly neighbourNodes: number;
  /** How long all may take to come to rest. Generous: the machine may be busy. */
  readonly restMs: number;
  /** How long one test may take. */
  readonly testMs: number;
}

const quick: Profile = {
  rounds: 1,
  kills: 1,
  losses: 1,
  requestsPerSecond: 25,
  effectsBefore: 60,
  effectsAfter: 60,
  leaseMs: 1500,
  recoverAfterMs: 1000,
  shared: 500,
  branches: 1000,
  nodes: 10_000,
  active: 500,
  rollbackMs: 3000,
  outageMs: 5000,
  shortageMs: 2000,
  clockJumpMs: 20_000,
  stormMs: 10_000,
  stormPerSecond: 60,
  neighbourNodes: 20_000,
  restMs: 90_000,
  testMs: 180_000,
};

const long: Profile = {
  ...quick,
  rounds: 5,
  kills: 20,
  losses: 2,
  requestsPerSecond: 60,
  effectsBefore: 500,
  effectsAfter: 500,
  shared: 5000,
  branches: 3000,
  nodes: 30_000,
  active: 10_000,
  rollbackMs: 5000,
  outageMs: 60_000,
  shortageMs: 5000,
  clockJumpMs: 120_000,
  stormMs: 120_000,
  // More than 200 executions, for some requests start four.
  stormPerSecond: 120,
  neighbourNodes: 100_000,
  restMs: 300_000,
  testMs: 1_800_000,
};

export const profile: Profile = process.env.FAULTS_PROFILE === 'long' ? long : quick;
