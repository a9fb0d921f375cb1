import { type EngineApi, type Log, OverloadedError } from '@workflow-engine/execution';
import { Counter, Gauge, type Registry } from 'prom-client';

import { repeated } from './repeated';
import type { Running } from './run-process';

const LOOK_EVERY_MS = 1000;

export interface AdmissionOptions {
  /** The share of the memory of the hot store that is used; above `highWater`, no new work is admitted. */
  readonly memoryUse: () => Promise<number>;
  readonly highWater: number;
  readonly registry: Registry;
  readonly log: Log;
}

export interface Admission extends Running {
  /** The engine, which refuses new executions with `OverloadedError` while memory is short; all else goes on. */
  guard(engine: EngineApi): EngineApi;
}

/**
 * Keeps the hot store from filling up: what runs needs room to finish. Memory is looked at in the background, so a
 * request costs nothing; as long as it cannot be read, the last reading counts.
 */
export function openAdmission({ memoryUse, highWater, registry, log }: AdmissionOptions): Admission {
  const registers = [registry];
  const ratio = new Gauge({
    name: 'wfe_redis_memory_ratio',
    help: 'Share of maxmemory that the fullest Redis master uses; 0 when memory is not limited',
    registers,
  });
  const refused = new Counter({
    name: 'wfe_admissions_refused_total',
    help: 'Requests for new executions that were refused because the memory of Redis is short',
    registers,
  });
  let used = 0;
  const watching = repeated("reading Redis' use of memory", LOOK_EVERY_MS, log, async () => {
    const before = used;
    used = await memoryUse();
    ratio.set(used);
    const fields = { used, high_water: highWater };
    if (used >= highWater && before < highWater) log.warn('Redis is filling up: no new executions', fields);
    if (used < highWater && before >= highWater) log.info('Redis has room again: new executions', fields);
  });
  const admit = (): void => {
    if (used < highWater) return;
    refused.inc();
    throw new OverloadedError(
      `the memory of Redis is used up to ${Math.floor(100 * used)} %, and what is above ${Math.round(100 * highWater)} % is kept for executions that run already; nothing was accepted, try again in a moment`,
    );
  };
  return {
    guard: (engine) => ({
      ...engine,
      async submit(document) {
        admit();
        return engine.submit(document);
      },
      async trigger(executionId, input) {
        admit();
        return engine.trigger(executionId, input);
      },
      async start(name, requests) {
        admit();
        return engine.start(name, requests);
      },
    }),
    close: () => watching.close(),
  };
}
