export interface HealthReport {
  readonly status: 'ok' | 'unavailable';
  /** By dependency: `"ok"`, or what is wrong with it. */
  readonly checks: Readonly<Record<string, string>>;
}
