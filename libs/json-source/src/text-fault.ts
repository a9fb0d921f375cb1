/** A stretch of a text, in characters from 0. */
export interface Span {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

export interface TextFault extends Span {
  readonly message: string;
}
