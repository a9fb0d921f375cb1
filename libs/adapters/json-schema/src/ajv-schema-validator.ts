import type { Fault, Json, JsonObject } from '@workflow-engine/dag';
import type { SchemaValidator } from '@workflow-engine/execution';
import { CompiledSchema } from './compiled-schema';
import { explainErrors } from './explain-errors';
import { defaultSchemaLimits, type SchemaLimits } from './limits';
import { StepsExceededError } from './metered-ajv';
import { certainErrors } from './possible-errors';
import { SchemaInspector } from './schema-faults';

type Usable =
  | { readonly ok: true; readonly compiled: CompiledSchema }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/**
 * JSON Schema 2020-12 by Ajv, made safe for schemas and data of strangers: nothing is fetched, patterns match
 * in linear time, and size, depth and work are bounded. Unknown keywords and formats are annotations, as the
 * standard has it.
 */
export class AjvSchemaValidator implements SchemaValidator {
  private readonly limits: SchemaLimits;
  private readonly inspector: SchemaInspector;
  /** By content, least recently used first. */
  private readonly usable = new Map<string, Usable>();
  /** Spares the serialization of a schema object seen before. */
  private readonly contents = new WeakMap<JsonObject, string>();

  constructor(limits: Partial<SchemaLimits> = {}) {
    this.limits = { ...defaultSchemaLimits, ...limits };
    this.inspector = new SchemaInspector(this.limits);
  }

  check(schema: JsonObject, value: Json, isOpen: (value: string) => boolean = () => false): readonly Fault[] {
    const usable = this.usableOf(schema);
    if (!usable.ok) {
      return usable.faults.map(({ code, message }) => ({
        code,
        pointer: '',
        message: `The schema itself is faulty: ${message}`,
      }));
    }
    try {
      return usable.compiled.within(this.limits.steps, () => {
        const errors = certainErrors(usable.compiled, usable.compiled.errors(value), isOpen);
        const few = errors.slice(0, this.limits.faults);
        return this.bounded(explainErrors(usable.compiled, few, isOpen), errors.length - few.length);
      });
    } catch (error) {
      if (!(error instanceof StepsExceededError || error instanceof RangeError)) throw error;
      const message = `Checking this value against its schema takes more than ${this.limits.steps} steps. Make the value smaller or the schema simpler.`;
      return [{ code: 'SCHEMA', pointer: '', message }];
    }
  }

  checkSchema(schema: JsonObject): readonly Fault[] {
    const usable = this.usableOf(schema);
    return usable.ok ? [] : usable.faults;
  }

  private bounded(faults: readonly Fault[], more: number): readonly Fault[] {
    const kept = faults.slice(0, this.limits.faults);
    const dropped = more + faults.length - kept.length;
    if (dropped === 0) return kept;
    return [...kept, { code: 'SCHEMA', pointer: '', message: `${dropped} more faults are not shown.` }];
  }

  private usableOf(schema: JsonObject): Usable {
    let content = this.contents.get(schema);
    if (content === undefined) {
      const faults = this.inspector.faultsOf(schema);
      if (faults.length > 0) return { ok: false, faults };
      content = JSON.stringify(schema);
      this.contents.set(schema, content);
    }
    const known = this.usable.get(content);
    const usable = known ?? compiled(schema);
    this.usable.delete(content);
    this.usable.set(content, usable);
    for (const oldest of this.usable.keys()) {
      if (this.usable.size <= this.limits.cachedSchemas) break;
      this.usable.delete(oldest);
    }
    return usable;
  }
}

function compiled(schema: JsonObject): Usable {
  try {
    return { ok: true, compiled: new CompiledSchema(schema) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const reference = error instanceof Error && 'missingRef' in error ? String(error.missingRef) : undefined;
    const message =
      reference === undefined
        ? `The schema cannot be used: ${reason}.`
        : `"$ref" ${JSON.stringify(reference.replace(/^root#/, '#'))} leads nowhere. Define it under "$defs", or mend the reference; remote schemas are never fetched.`;
    return { ok: false, faults: [{ code: 'SCHEMA', pointer: '', message }] };
  }
}
