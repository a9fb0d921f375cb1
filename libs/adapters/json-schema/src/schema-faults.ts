import type { Fault, JsonObject } from '@workflow-engine/dag';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020';
import { describeError, pointerOf } from './describe-error';
import type { SchemaLimits } from './limits';
import { patternProblem } from './linear-regexp';

/** What is wrong with a schema before anybody tries to compile it: bounds, patterns, references, keywords. */
export class SchemaInspector {
  private readonly metaAjv = new Ajv2020({
    strict: false,
    allErrors: true,
    verbose: true,
    logger: false,
    validateFormats: false,
  });

  constructor(private readonly limits: SchemaLimits) {}

  faultsOf(schema: JsonObject): Fault[] {
    const faults = this.walk(schema);
    if (faults.length > 0) return faults;
    // Drafts 7 to 2019-09 mostly read the same; a schema that says it is one of them is read as 2020-12.
    const keywords = Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema'));
    if (this.metaAjv.validateSchema(keywords) === true) return [];
    return metaFaults(this.metaAjv.errors ?? []);
  }

  private walk(schema: JsonObject): Fault[] {
    const faults: Fault[] = [];
    const pending: Place[] = [{ value: schema, pointer: '', depth: 1, role: 'schema' }];
    let objects = 0;
    let values = 0;
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { value, pointer, depth, role } = next;
      if (++values > this.limits.schemaValues) return [tooLarge('values', this.limits.schemaValues)];
      if (typeof value !== 'object' || value === null) continue;
      if (depth > this.limits.schemaDepth) {
        return [
          fault(
            '',
            `The schema is nested deeper than ${this.limits.schemaDepth} levels. Flatten it with "$defs" and "$ref".`,
          ),
        ];
      }
      if (!Array.isArray(value) && ++objects > this.limits.schemaObjects) {
        return [tooLarge('objects', this.limits.schemaObjects)];
      }
      if (role === 'schema' && !Array.isArray(value))
        faults.push(...this.keywordFaults(value as JsonObject, pointer));
      for (const [key, inner] of Object.entries(value)) {
        const at = `${pointer}/${escaped(key)}`;
        pending.push({ value: inner, pointer: at, depth: depth + 1, role: roleOf(key, role) });
      }
    }
    return faults.slice(0, this.limits.faults);
  }

  private keywordFaults(schema: JsonObject, pointer: string): Fault[] {
    const faults: Fault[] = [];
    const { pattern, patternProperties, $ref: reference, $async: isAsync } = schema;
    if (typeof pattern === 'string') this.checkPattern(pattern, `${pointer}/pattern`, faults);
    if (typeof patternProperties === 'object' && patternProperties !== null) {
      for (const name of Object.keys(patternProperties)) {
        this.checkPattern(name, `${pointer}/patternProperties/${escaped(name)}`, faults);
      }
    }
    if (typeof reference === 'string' && /^[a-z][a-z0-9+.-]*:\/\//i.test(reference)) {
      faults.push(
        fault(
          `${pointer}/$ref`,
          `Remote schemas are never fetched. Copy ${shown(reference)} into "$defs" and refer to it with "#/$defs/…".`,
        ),
      );
    }
    // Ajv's own extension; it would turn the verdict into a promise.
    if (isAsync === true) faults.push(fault(`${pointer}/$async`, '"$async" is not supported. Remove it.'));
    return faults;
  }

  private checkPattern(pattern: string, pointer: string, faults: Fault[]): void {
    const problem = patternProblem(pattern, this.limits.patternLength);
    if (problem !== undefined)
      faults.push(fault(pointer, `The pattern ${shown(pattern)} cannot be used: ${problem}.`));
  }
}

/** A `schema` has keywords, the keys of a `map` are names, and `data` is anything. */
type Role = 'schema' | 'map' | 'data';

interface Place {
  readonly value: unknown;
  readonly pointer: string;
  readonly depth: number;
  readonly role: Role;
}

const roles: Readonly<Record<string, Role>> = {
  properties: 'map',
  patternProperties: 'map',
  dependentSchemas: 'map',
  $defs: 'map',
  definitions: 'map',
  const: 'data',
  enum: 'data',
  default: 'data',
  examples: 'data',
};

function roleOf(key: string, parent: Role): Role {
  if (parent !== 'schema') return parent === 'map' ? 'schema' : 'data';
  return Object.hasOwn(roles, key) ? (roles[key] ?? 'schema') : 'schema';
}

/** Ajv reports every alternative of the meta-schema; the first error at a place is the one that helps. */
function metaFaults(errors: readonly ErrorObject[]): Fault[] {
  const byPointer = new Map<string, Fault>();
  for (const error of errors) {
    const pointer = pointerOf(error);
    if (byPointer.has(pointer)) continue;
    const isTuple = error.keyword === 'type' && pointer.endsWith('/items') && Array.isArray(error.data);
    const advice = isTuple ? ' Since 2020-12, a list of schemas goes into "prefixItems".' : '';
    byPointer.set(pointer, fault(pointer, describeError(error) + advice));
  }
  return [...byPointer.values()];
}

function tooLarge(what: string, limit: number): Fault {
  return fault('', `The schema has more than ${limit} ${what}. Make it smaller.`);
}

function fault(pointer: string, message: string): Fault {
  return { code: 'SCHEMA', pointer, message };
}

function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
