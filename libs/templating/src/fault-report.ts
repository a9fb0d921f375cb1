import type { Fault } from '@workflow-engine/dag';
import type { TemplateFaultCode } from './expression/code';

/** Faults told in full; the rest is counted in one last `MORE_FAULTS`. */
const MAX_FAULTS = 100;

export class FaultReport {
  private readonly faults: Fault[] = [];
  private count = 0;

  add(code: TemplateFaultCode, pointer: string, message: string): void {
    this.count++;
    if (this.faults.length < MAX_FAULTS) this.faults.push({ code, pointer, message });
  }

  /** What follows would only be counted. */
  get isFull(): boolean {
    return this.count > MAX_FAULTS;
  }

  get isEmpty(): boolean {
    return this.count === 0;
  }

  list(): readonly Fault[] {
    const more = this.count - this.faults.length;
    if (more === 0) return this.faults;
    const message = `At least ${more} more ${more === 1 ? 'fault is' : 'faults are'} not listed. Mend these and submit again to see the rest.`;
    return [...this.faults, { code: 'MORE_FAULTS', pointer: '', message }];
  }
}
