import { closestName, didYouMean, type WorkBudget } from './closest-name';
import type { Fault } from './fault';

/** Every code that {@link parseDefinition} gives. */
export type DefinitionFaultCode =
  | 'WRONG_TYPE'
  | 'MISSING_FIELD'
  | 'UNKNOWN_FIELD'
  | 'UNSUPPORTED'
  | 'INVALID_ID'
  | 'INVALID_LENGTH'
  | 'INVALID_VALUE'
  | 'INVALID_DURATION'
  | 'INVALID_RETRY'
  | 'INVALID_JOIN'
  | 'INVALID_TEXT'
  | 'INVALID_NUMBER'
  | 'FORBIDDEN_KEY'
  | 'NO_NODES'
  | 'TOO_MANY_NODES'
  | 'TOO_MANY_EDGES'
  | 'TOO_MANY_LABELS'
  | 'TOO_DEEP'
  | 'TOO_LARGE'
  | 'DUPLICATE_ID'
  | 'UNKNOWN_DEPENDENCY'
  | 'SELF_DEPENDENCY'
  | 'DUPLICATE_DEPENDENCY'
  | 'CYCLE'
  | 'MORE_FAULTS';

/** A position in the document. Linked, so that naming a place costs nothing until a fault has to be told. */
export interface Place {
  readonly parent: Place | undefined;
  readonly key: string | number;
}

export function inside(parent: Place | undefined, key: string | number): Place {
  return { parent, key };
}

/** A longer pointer is cut back to the enclosing value, lest one huge key be repeated in every fault. */
const maxPointerLength = 1_000;
const maxQuotedLength = 80;
/** Some full searches through 100,000 ids, 0.1 s at most; later faults go without a suggestion. */
const suggestionSteps = 10_000_000;

/** Collects the faults of one document: all of them counted, the first ones told in full. */
export class FaultReport {
  private readonly faults: Fault[] = [];
  private readonly suggestions: WorkBudget = { left: suggestionSteps };
  private count = 0;

  constructor(private readonly maxFaults: number) {}

  /** The message is only made when the fault will be told, so 100,000 faults cost little more than 100. */
  add(code: DefinitionFaultCode, place: Place | undefined, message: string | (() => string)): void {
    this.count++;
    if (this.faults.length >= this.maxFaults) return;
    this.faults.push({
      code,
      pointer: pointerTo(place),
      message: typeof message === 'string' ? message : message(),
    });
  }

  get isEmpty(): boolean {
    return this.count === 0;
  }

  list(): readonly Fault[] {
    const more = this.count - this.faults.length;
    if (more === 0) return this.faults;
    const message = `${more} more ${more === 1 ? 'fault is' : 'faults are'} not listed. Mend these and submit again to see the rest.`;
    return [...this.faults, { code: 'MORE_FAULTS', pointer: '', message }];
  }

  /** ` Did you mean "x"?` or nothing. */
  didYouMean(name: string, candidates: Iterable<string>): string {
    return didYouMean(closestName(name, candidates, this.suggestions));
  }
}

/** RFC 6901: `~` is written `~0`, `/` is written `~1`. */
export function pointerTo(place: Place | undefined): string {
  const keys: (string | number)[] = [];
  for (let at = place; at !== undefined; at = at.parent) keys.push(at.key);
  let pointer = '';
  for (const key of keys.reverse()) {
    if (typeof key === 'string' && key.length > maxPointerLength) break;
    const token = String(key).replaceAll('~', '~0').replaceAll('/', '~1');
    if (pointer.length + token.length >= maxPointerLength) break;
    pointer += `/${token}`;
  }
  return pointer;
}

/** A piece of the author's text, quoted and cut to a readable length. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > maxQuotedLength ? `${text.slice(0, maxQuotedLength)}…` : text);
}
