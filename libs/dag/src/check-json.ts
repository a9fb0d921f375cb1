import type { Fault } from './fault';
import { FaultReport } from './fault-report';
import { JsonChecker } from './json-check';
import { defaultLimits } from './limits';

/**
 * What is wrong with a value from outside, such as an execution's input: anything but JSON, text that cannot be
 * stored, or too deep or large (see {@link defaultLimits}). Empty when it is fine.
 */
export function checkJson(value: unknown): readonly Fault[] {
  const report = new FaultReport(defaultLimits.faults);
  new JsonChecker(report, defaultLimits).check(value, undefined);
  return report.list();
}
