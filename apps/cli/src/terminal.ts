/** Where output goes; `process.stdout` is one. */
export interface Screen {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** The world outside of the program. */
export interface Terminal {
  /** What a pipe should get. */
  readonly out: Screen;
  /** What only a person should see: progress, advice, faults. */
  readonly err: Screen;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts with Ctrl-C. */
  readonly signal: AbortSignal;
  readStdin(): Promise<string>;
}

/** Commands end with one of these. */
export const EXIT = {
  ok: 0,
  /** The answer is no: the definition or the input has faults, the execution failed or has no results, its status does not allow it. */
  no: 1,
  /** There is no answer: wrong usage, no such file, no engine. */
  trouble: 2,
  /** Ctrl-C, as shells have it. */
  interrupted: 130,
} as const;

/** What a person did or met that ends the command, and what to do next. */
export class Failure extends Error {
  override readonly name = 'Failure';

  constructor(
    message: string,
    readonly advice?: string,
    readonly exitCode: number = EXIT.trouble,
  ) {
    super(message);
  }
}
