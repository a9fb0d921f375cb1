import { appendFileSync } from 'node:fs';

import type { Verdict } from '../verdict/verdict';

/** One line of the table that `npm run faults` prints. */
export interface FaultReport extends Omit<Verdict, 'faults'> {
  readonly fault: string;
  readonly broken: number;
  /** From the fault until everything had ended that was accepted before it. */
  readonly settledMs: number;
}

/** Keeps it in the file of `FAULTS_REPORT`, one JSON text a line. */
export function report(line: FaultReport): void {
  const file = process.env.FAULTS_REPORT;
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(line)}\n`);
}
