import { EngineError, UnavailableError } from '@workflow-engine/execution';

/** Another process, or another database of this one, works on the data folder. */
export class DataFolderInUseError extends EngineError {
  readonly code = 'DATA_FOLDER_IN_USE';

  constructor(
    readonly folder: string,
    readonly pid: number,
  ) {
    super(
      `the data folder ${folder} is in use by process ${pid}; stop that process or choose another folder`,
    );
  }
}

/** The database lacks migrations that this version of the engine needs. */
export class SchemaOutdatedError extends EngineError {
  readonly code = 'SCHEMA_OUTDATED';

  constructor(readonly missing: readonly string[]) {
    super(
      `the database lacks ${missing.length} migration(s): ${missing.join(', ')}. Run the migrations first.`,
    );
  }
}

/** SQLSTATE classes and codes that say "not now" and nothing about the statement (Postgres manual, appendix A). */
const transientStates = /^(08...|53...|57P..|57014|25006|40001|40P01|55P03)$/;
const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
]);
/** `pg`, PGlite and TypeORM report a lost connection as a plain error. */
const lostConnection =
  /connection terminated|timeout exceeded when trying to connect|query read timeout|client has encountered a connection error|after calling end|not queryable|driver not connected|connection is not established|pglite is closed|queryrunner already released/i;

/** SQLSTATE or errno of a driver's error, wherever TypeORM has wrapped it. */
export function codeOf(error: unknown): string | undefined {
  return fieldOf(driverErrorOf(error), 'code');
}

/** Which unique constraint a statement violated, and Postgres' words on the key. */
export function uniqueViolationOf(
  error: unknown,
): { readonly constraint: string; readonly detail: string } | undefined {
  if (codeOf(error) !== '23505') return undefined;
  const inner = driverErrorOf(error);
  return { constraint: fieldOf(inner, 'constraint') ?? '', detail: fieldOf(inner, 'detail') ?? '' };
}

function driverErrorOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'driverError' in error ? error.driverError : error;
}

function fieldOf(error: unknown, field: string): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const value: unknown = Reflect.get(error, field);
  return typeof value === 'string' ? value : undefined;
}

/** Whether the database, and not the statement, is the trouble. */
export function isConnectionFault(error: unknown): boolean {
  return isConnectionLost(error) || transientStates.test(codeOf(error) ?? '');
}

/** Whether nothing more can be expected of the connection that reported this. */
export function isConnectionLost(error: unknown): boolean {
  return networkCodes.has(codeOf(error) ?? '') || lostConnection.test(fieldOf(error, 'message') ?? '');
}

/** The statement was a victim of others (deadlock, serialization) and was rolled back: run it again. */
export function isRepeatable(error: unknown): boolean {
  const code = codeOf(error);
  return code === '40P01' || code === '40001';
}

/** Faults of the connection become {@link UnavailableError}; all others stay as they are. */
export function toEngineError(error: unknown): unknown {
  if (error instanceof EngineError || !isConnectionFault(error)) return error;
  return new UnavailableError('the database cannot be reached at the moment; try again shortly', {
    cause: error,
  });
}
