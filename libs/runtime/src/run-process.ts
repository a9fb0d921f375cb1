import { within } from './within';

/** Something that runs until it is closed. */
export interface Running {
  close(): Promise<void>;
  /** How long closing may take on purpose, in milliseconds. Default: 0. */
  readonly stopMs?: number;
}

/** What closing may take beyond that: a dependency that does not answer must not keep the process. */
const CLOSE_WITHIN_MS = 15_000;

/**
 * The life of a process: opens it, closes it on SIGTERM or SIGINT, and ends with exit code 0; a second signal ends
 * it at once. A fault is told in one sentence, without a stack, and ends it with exit code 1.
 */
export function runProcess(open: () => Promise<Running | undefined>): void {
  const opening = open();
  let stopping = false;
  // From the beginning: what is asked to end while it opens has something to close too.
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    stopping = true;
    console.log(`${signal}: finishing what runs (once more to stop at once)`);
    opening.then(closeInTime).then(() => process.exit(0), fail);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  opening.catch(fail);
}

async function closeInTime(running: Running | undefined): Promise<void> {
  if (running !== undefined) await within(CLOSE_WITHIN_MS + (running.stopMs ?? 0), running.close());
}

function fail(error: unknown): never {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  const message = error instanceof Error ? error.message : String(error);
  console.error(
    code === 'EADDRINUSE'
      ? `${message}; choose another one with PORT, or --port of npm start and wfe dev`
      : message,
  );
  process.exit(1);
}
