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

/** Runs every example payload, all at the same time. What differs from its file, by `payload: run`. */
export async function payloadDifferences(
  urls: readonly string[],
  upstreamUrl: string,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const runs = readPayloads().flatMap((payload) => payload.runs.map((run) => ({ payload, run })));
  const checked = await Promise.all(
    runs.map(async ({ payload, run }, index) => {
      const engine = engineAt(urls[index % urls.length] ?? '');
      return [`${payload.name}: ${run.name}`, await checkRun(engine, payload, run, upstreamUrl)] as const;
    }),
  );
  return Object.fromEntries(checked);
}
