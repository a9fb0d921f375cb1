import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { readEnvironment } from './config';
import { type Standalone, startStandalone } from './standalone';

/** What `tools/acceptance` offers: the same checks that a person runs against an engine of theirs. */
interface Acceptance {
  readonly engineAt: (baseUrl: string) => Engine;
  readonly readPayloads: () => readonly Payload[];
  readonly readInvalidPayloads: () => readonly { readonly name: string }[];
  /** What differs from what is expected; empty: nothing. */
  readonly checkRun: (engine: Engine, payload: Payload, run: Run, upstreamUrl?: string) => Promise<string[]>;
  readonly checkInvalid: (engine: Engine, invalid: { readonly name: string }) => Promise<string[]>;
}
interface Engine {
  readonly base: string;
}
interface Run {
  readonly name: string;
}
interface Payload {
  readonly name: string;
  readonly runs: readonly Run[];
}

/** Scripts of the workspace, outside of all packages. */
const { engineAt, readPayloads, readInvalidPayloads, checkRun, checkInvalid } = createRequire(__filename)(
  '../../../tools/acceptance/index.cjs',
) as Acceptance;

/** Every example workflow, submitted as it stands to a whole engine, with the result that its file promises. */

let dataDir: string;
let standalone: Standalone;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'standalone-payloads-'));
  const env = { PORT: '0', DEMO_PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'error' };
  standalone = await startStandalone(readEnvironment(env), env, true);
}, 60_000);

afterAll(async () => {
  await standalone.close();
  await rm(dataDir, { recursive: true });
}, 60_000);

describe.each(readPayloads())('payloads/$name.json', (payload) => {
  it.each(payload.runs)(
    '$name',
    async (run) => {
      expect(await checkRun(engineAt(standalone.url), payload, run, standalone.demoUrl)).toEqual([]);
    },
    60_000,
  );
});

describe('payloads/human_readable_errors', () => {
  it.each(readInvalidPayloads())('$name.json is refused with its faults', async (invalid) => {
    expect(await checkInvalid(engineAt(standalone.url), invalid)).toEqual([]);
  });
});
