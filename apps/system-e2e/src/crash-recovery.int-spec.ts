import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, afterEach, describe, expect, it } from '@jest/globals';

import { closeUpstreams, EffectUpstream } from './effect-upstream';
import { killAllProcesses } from './app-process';
import { EngineProcess } from './engine-process';
import { ClientLoad } from './load/client-load';
import { effectNode, hanging, workload } from './load/workload';
import { RestClient } from './rest-client';
import { SeededRandom } from './seeded-random';
import { removeTemporaryFolders, temporaryFolder } from './temporary-folder';
import type { Loss } from './verdict/effect-rules';
import { judge } from './verdict/verdict';

/** `CRASH_ROUNDS=200 CRASH_SEED=7` for a long, repeatable run. */
const rounds = Number(process.env.CRASH_ROUNDS ?? 5);
const seed = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000);

const clients = 8;
const restMs = 60_000;
/**
 * How old what was not archived may be when the engine is killed. It aims at a second; this leaves room for a machine
 * that is busy with other things.
 */
const unarchivedMs = 4_000;

afterEach(async () => {
  await killAllProcesses();
  await closeUpstreams();
});
afterAll(removeTemporaryFolders);

describe('kill -9 under load', () => {
  it(
    `loses nothing and records nothing twice (${rounds} crashes, CRASH_SEED=${seed})`,
    async () => {
      const random = new SeededRandom(seed);
      const upstream = await EffectUpstream.start();
      const load = new ClientLoad(workload(upstream.host), random);
      const options = { dataDir: temporaryFolder('crash'), env: { HTTP_ALLOW_HOSTS: upstream.host } };
      const losses: Loss[] = [];
      const noteLoss = (): void => {
        losses.push({ from: Date.now() - unarchivedMs, at: Date.now() });
      };
      // The first crash comes in the middle of archived work, whatever the seed and the machine.
      const hangs = hanging(effectNode(upstream.host));
      const { engine, url } = await EngineProcess.start(options);
      for (const { definition } of [hangs, ...load.shapes])
        await new RestClient(url).post('/api/v1/definitions', definition);
      await load.ask(new RestClient(url), { shape: hangs, door: 'start' });
      await upstream.until(() => upstream.total > 0);
      while ((await engine.metric('wfe_archive_lag')) > 0) await sleep(20);
      await engine.kill();
      noteLoss();

      for (let round = 0; round < rounds; round++) {
        // There certainly is a load, whatever the seed.
        const isFirst = round === 0;
        if (!isFirst && random.next() < 0.25) {
          // Also while it starts, opens its database or takes up what is unfinished.
          const engine = EngineProcess.spawn(options);
          await sleep(random.between(100, 2_000));
          await engine.kill();
        } else {
          const { engine, url } = await EngineProcess.start(options);
          const [client, stopping] = [new RestClient(url), new AbortController()];
          const traffic = { clients, perSecond: Infinity, client: () => client, signal: stopping.signal };
          const running = load.run(traffic);
          // So many effects rather than so many seconds: a slow machine is tested as hard as a fast one.
          const effects = upstream.total + (isFirst ? 150 : random.between(0, 150));
          await Promise.race([
            upstream.until(() => upstream.total >= effects),
            sleep(15_000, undefined, { ref: false }),
          ]);
          await sleep(random.between(0, 100));
          await engine.kill();
          stopping.abort();
          await running;
        }
        // Not before: a last call may have been on its way when its engine was gone.
        noteLoss();
      }

      const last = await EngineProcess.start(options);
      const client = new RestClient(last.url);
      await atRest(client);
      const verdict = await judge({
        ledger: load.ledger,
        client: () => client,
        upstream,
        circumstances: { losses },
      });

      expect(load.surprises).toEqual([]);
      expect(verdict.faults).toEqual([]);
      // Or the crashes came at such moments that nothing was tested.
      expect(load.ledger.filter(({ accepted }) => accepted !== undefined).length).toBeGreaterThan(rounds);
      expect(verdict.recovered).toBeGreaterThan(0);
      expect(await last.engine.terminate()).toEqual({ code: 0, signal: null });
    },
    120_000 + rounds * 20_000,
  );
});

/** Nobody triggers, retries or cancels anything: whatever was accepted has to end by itself. */
async function atRest(client: RestClient): Promise<void> {
  const deadline = Date.now() + restMs;
  for (;;) {
    const open = await client.executions('&status=RUNNING,PAUSED');
    if (open.length === 0) return;
    if (Date.now() > deadline)
      throw new Error(`still open: ${open.map((one) => one.execution_id).join(', ')}`);
    await sleep(250);
  }
}
