import { InvalidDocumentError } from '@workflow-engine/execution';

/** The engine points into what it was given; a client needs pointers into the body that it has sent. */
export function pointersInBody(toBody: (pointer: string) => string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof InvalidDocumentError)) throw error;
    const faults = error.faults.map((fault) => ({ ...fault, pointer: toBody(fault.pointer) }));
    throw new InvalidDocumentError(error.code, faults);
  };
}
