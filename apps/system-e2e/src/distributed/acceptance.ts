import { createRequire } from 'node:module';

/** What `tools/acceptance` offers: the same checks that a person runs against an engine of theirs. */
interface Acceptance {
  readonly engineAt: (baseUrl: string) => unknown;
  readonly readPayloads: () => readonly Payload[];
  /** What differs from what is expected; empty: nothing. */
  readonly checkRun: (engine: unknown, payload: Payload, run: Run, upstreamUrl: string) => Promise<string[]>;
}
interface Run {
  readonly name: string;
}
interface Payload {
  readonly name: string;
  readonly runs: readonly Run[];
}

/** Scripts of the workspace, outside of all packages. */
const { engineAt, readPayloads, checkRun } = createRequire(__filename)(
  '../../../../tools/acceptance/index.cjs',
) as Acceptance;

/** Some payloads expect an answer in time, so not all of them can have the machine at once. */
const AT_A_TIME = 3;

/** Runs every example payload. What differs from its file, by `payload: run`. */
export async function payloadDifferences(
  urls: readonly string[],
  upstreamUrl: string,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const runs = readPayloads().flatMap((payload) => payload.runs.map((run) => ({ payload, run })));
  const engines = urls.map((url) => engineAt(url));
  const differences: Record<string, readonly string[]> = {};
  const checkNext = async (engine: unknown): Promise<void> => {
    for (let next = runs.shift(); next !== undefined; next = runs.shift()) {
      const { payload, run } = next;
      differences[`${payload.name}: ${run.name}`] = await checkRun(engine, payload, run, upstreamUrl);
    }
  };
  await Promise.all(
    Array.from({ length: AT_A_TIME }, (_, index) => checkNext(engines[index % engines.length])),
  );
  return differences;
}
