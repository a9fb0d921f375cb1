import type { Fault, Json, JsonObject } from '@workflow-engine/dag';
import type { SchemaValidator } from '@workflow-engine/execution';

/** The corner of JSON Schema that these tests need: `type`, `required`, `properties`, `oneOf`. */
export const smallValidator: SchemaValidator = {
  check: (schema, value) => faultsOf(schema, value, ''),
  checkSchema: ({ type }) =>
    type === undefined || typeof type === 'string' ? [] : [fault('/type', 'The value must be a string.')],
};

function faultsOf(schema: JsonObject, value: Json, pointer: string): Fault[] {
  const faults: Fault[] = [];
  const { type, required, properties, oneOf } = schema;
  if (
    typeof type === 'string' &&
    type !== kindOf(value) &&
    !(type === 'number' && kindOf(value) === 'integer')
  )
    faults.push(fault(pointer, `The value must be ${type}.`));
  if (Array.isArray(oneOf)) {
    const branches = oneOf as readonly JsonObject[];
    const passing = branches.filter((branch) => faultsOf(branch, value, pointer).length === 0);
    if (passing.length !== 1) faults.push(fault(pointer, 'The value must fit one of the alternatives.'));
  }
  if (kindOf(value) !== 'object') return faults;
  const object = value as JsonObject;
  for (const name of (required ?? []) as readonly string[]) {
    if (!Object.hasOwn(object, name)) faults.push(fault(pointer, `Property "${name}" is required.`));
  }
  for (const [name, inner] of Object.entries((properties ?? {}) as JsonObject)) {
    const member = object[name];
    if (member !== undefined) faults.push(...faultsOf(inner as JsonObject, member, `${pointer}/${name}`));
  }
  return faults;
}

function kindOf(value: Json): string {
  if (Array.isArray(value)) return 'array';
  if (value === null) return 'null';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function fault(pointer: string, message: string): Fault {
  return { code: 'SCHEMA', pointer, message };
}
