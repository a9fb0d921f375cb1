import type { Fault, Json, JsonObject } from '@workflow-engine/dag';

/** JSON Schema (draft 2020-12) checks. */
export interface SchemaValidator {
  /**
   * Every way in which `value` does not fit, with pointers relative to the value. Code `SCHEMA`.
   * `isOpen(value)` marks strings whose final value is not known yet (templates): they fit anything.
   */
  check(schema: JsonObject, value: Json, isOpen?: (value: string) => boolean): readonly Fault[];
  /** Why `schema` itself is no usable JSON Schema; empty when it is. Never fetches a remote `$ref`. */
  checkSchema(schema: JsonObject): readonly Fault[];
}
