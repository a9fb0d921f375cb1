const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether this can be the id of a row; Postgres fails on a comparison with anything else. */
export function isId(text: string): boolean {
  return uuid.test(text);
}

/** Whether this can be a version; Postgres fails on integers that do not fit. */
export function isVersion(version: number): boolean {
  return Number.isInteger(version) && version >= 1 && version <= 0x7f_ff_ff_ff;
}
