import { appendFileSync } from 'node:fs';

import type { Verdict } from '../verdict/verdict';

/** One line of the table that `npm run faults` prints. */
export interface FaultReport extends Omit<Verdict, 'faults'> {
  readonly fault: string;
  readonly broken: number;
  /** From the fault until everything had ended that was accepted before it. */
  readonly settledMs: number;
  /** How long clients asked all the while. */
  readonly loadMs: number;
  /** `FAULTS_SEED` of the run. */
  readonly seed: number;
}

/** Of a whole soak, of which every round has a line of its own. */
export interface SoakReport {
  readonly minutes: number;
  readonly faults: number;
  /** How much more memory roles held at the end, at most; 0.1 is a tenth. */
  readonly memoryGrowth: number;
}

/** Keeps it in the file of `FAULTS_REPORT`, one JSON text a line. */
export function report(line: FaultReport | SoakReport): void {
  const file = process.env.FAULTS_REPORT;
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(line)}\n`);
}
