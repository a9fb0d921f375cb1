import type { Fault, JsonObject } from '@workflow-engine/dag';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020';
import { describeError, pointerOf } from './describe-error';
import type { SchemaLimits } from './limits';
import { patternProblem, patternStates } from './linear-regexp';

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
    const places = this.placesIn(schema);
    if (!Array.isArray(places)) return [places];
    const hasIds = places.some(({ schema: { $id } }) => typeof $id === 'string');
    const faults = [
      ...places.flatMap((place) => keywordFaults(place, hasIds)),
      ...this.patternFaults(places.flatMap(patternsAt)),
    ];
    if (faults.length > 0) return faults.slice(0, this.limits.faults);
    // Drafts 7 to 2019-09 mostly read the same; a schema that says it is one of them is read as 2020-12.
    const keywords = Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema'));
    if (this.metaAjv.validateSchema(keywords) === true) return [];
    return metaFaults(this.metaAjv.errors ?? []);
  }

  /** Every schema in the schema, or the bound that it breaks. */
  private placesIn(schema: JsonObject): SchemaPlace[] | Fault {
    const { schemaDepth, schemaObjects, schemaValues } = this.limits;
    const places: SchemaPlace[] = [];
    const pending: Place[] = [{ value: schema, pointer: '', depth: 1, role: 'schema' }];
    let objects = 0;
    let values = 0;
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { value, pointer, depth, role } = next;
      if (++values > schemaValues) return tooLarge(`${schemaValues} values`);
      if (typeof value !== 'object' || value === null) continue;
      if (depth > schemaDepth) return tooLarge(`${schemaDepth} levels of nesting`);
      if (!Array.isArray(value)) {
        if (++objects > schemaObjects) return tooLarge(`${schemaObjects} objects`);
        if (role === 'schema') places.push({ schema: value as JsonObject, pointer });
      }
      for (const [key, inner] of Object.entries(value)) {
        const below = Array.isArray(value) ? role : roleOf(key, role);
        pending.push({ value: inner, pointer: `${pointer}/${escaped(key)}`, depth: depth + 1, role: below });
      }
    }
    return places;
  }

  private patternFaults(patterns: readonly PatternPlace[]): Fault[] {
    const { patterns: most, patternStates: mostStates } = this.limits;
    if (patterns.length > most) return [tooLarge(`${most} patterns`)];
    let states = 0;
    return patterns.flatMap(({ pattern, pointer }) => {
      states += patternStates(pattern);
      const problem =
        states > mostStates
          ? 'it repeats too much, or all the patterns together do'
          : patternProblem(pattern);
      return problem === undefined
        ? []
        : [fault(pointer, `The pattern ${shown(pattern)} cannot be used: ${problem}.`)];
    });
  }
}

interface SchemaPlace {
  readonly schema: JsonObject;
  readonly pointer: string;
}

interface PatternPlace {
  readonly pattern: string;
  readonly pointer: string;
}

function patternsAt({ schema, pointer }: SchemaPlace): PatternPlace[] {
  const { pattern, patternProperties } = schema;
  const found = typeof pattern === 'string' ? [{ pattern, pointer: `${pointer}/pattern` }] : [];
  if (typeof patternProperties !== 'object' || patternProperties === null) return found;
  for (const name of Object.keys(patternProperties)) {
    found.push({ pattern: name, pointer: `${pointer}/patternProperties/${escaped(name)}` });
  }
  return found;
}

function keywordFaults({ schema, pointer }: SchemaPlace, hasIds: boolean): Fault[] {
  const faults: Fault[] = [];
  const { $ref: reference, $async: isAsync } = schema;
  // With an `$id` about, an absolute reference may lead back into the schema; compiling shows whether it does.
  if (!hasIds && typeof reference === 'string' && /^[a-z][a-z0-9+.-]*:\/\//i.test(reference)) {
    const advice = `Copy ${shown(reference)} into "$defs" and refer to it with "#/$defs/…".`;
    faults.push(fault(`${pointer}/$ref`, `Remote schemas are never fetched. ${advice}`));
  }
  // Ajv's own extension; it would turn the verdict into a promise.
  if (isAsync === true) faults.push(fault(`${pointer}/$async`, '"$async" is not supported. Remove it.'));
  return faults;
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

function tooLarge(bound: string): Fault {
  return fault('', `The schema has more than ${bound}. Make it smaller or simpler.`);
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
