/** Something wrong with a definition, told so that its author can mend it at once. */
export interface Fault {
  /** Stable and machine-readable, e.g. `CYCLE`, `UNKNOWN_DEPENDENCY`. */
  readonly code: string;
  /** Where: a JSON pointer (RFC 6901) into the submitted document. `""` is the whole document. */
  readonly pointer: string;
  /** What is wrong and what to do about it, in one or two sentences. */
  readonly message: string;
}

/** Either the accepted value or every fault found, never both. */
export type Checked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly faults: readonly Fault[] };
