import { ProblemError } from '@workflow-engine/client';

import { failureOf, tell } from '../failure-report';
import { EXIT, Failure, type Terminal } from '../terminal';

/**
 * Does the same with each id. What the engine refuses for one of many is told under its id, and the others get
 * their turn; an engine that is not there ends it. @returns the worst of the exit codes
 */
export async function oneByOne(
  terminal: Terminal,
  ids: readonly string[],
  act: (id: string) => Promise<void>,
): Promise<number> {
  let worst: number = EXIT.ok;
  for (const id of ids) {
    try {
      await act(id);
    } catch (error) {
      const failure = failureOf(error);
      if (ids.length === 1 || failure === undefined || !(error instanceof ProblemError)) throw error;
      tell(terminal, new Failure(`${id}: ${failure.message}`, failure.advice));
      worst = Math.max(worst, failure.exitCode);
    }
  }
  return worst;
}
