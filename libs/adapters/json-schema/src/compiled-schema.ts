import type { Json, JsonObject } from '@workflow-engine/dag';
import type { ErrorObject } from 'ajv/dist/2020';
import { createAjv, StepMeter } from './metered-ajv';

type Validator = (data: unknown) => ErrorObject[];

/** One schema, compiled, with its inner schemas at hand one by one. */
export class CompiledSchema {
  private readonly meter = new StepMeter();
  private readonly ajv = createAjv(this.meter);
  private readonly pointers = new Map<unknown, string>();
  private readonly inner = new Map<unknown, Validator>();
  readonly errors: Validator;
  readonly spend = this.meter.spend;

  /** @throws {Error} what Ajv says of a schema it cannot compile, e.g. a `$ref` that leads nowhere */
  constructor(readonly schema: JsonObject) {
    this.ajv.addSchema({ ...schema }, root);
    this.collectPointers();
    this.errors = this.compile('');
  }

  /** Runs validations with a common budget. @throws {StepsExceededError} */
  within<T>(steps: number, work: () => T): T {
    return this.meter.run(steps, work);
  }

  /**
   * The errors of an inner schema by itself.
   * @param owner the object that holds it, as found in an error's `parentSchema`
   * @param path from the owner to the inner schema, e.g. `['anyOf', 0]`
   */
  errorsOf(owner: unknown, path: readonly (string | number)[], data: Json): readonly ErrorObject[] {
    const schema = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], owner);
    if (schema === undefined || schema === true) return [];
    const known = this.inner.get(schema);
    if (known !== undefined) return known(data);
    const from = this.pointers.get(owner);
    if (from === undefined) return [];
    const validator = this.compile([from, ...path.map((key) => escaped(String(key)))].join('/'));
    if (typeof schema === 'object') this.inner.set(schema, validator);
    return validator(data);
  }

  private compile(pointer: string): Validator {
    // A reference, not `getSchema`: that one does not take `false`.
    const validate = this.ajv.compile({ $ref: `${root}#${encodeURI(pointer)}` });
    return (data) => (validate(data) ? [] : (validate.errors ?? []));
  }

  private collectPointers(): void {
    const pending: [unknown, string][] = [[this.ajv.schemas[root]?.schema, '']];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const [value, pointer] = next;
      if (typeof value !== 'object' || value === null) continue;
      this.pointers.set(value, pointer);
      for (const [key, inner] of Object.entries(value)) pending.push([inner, `${pointer}/${escaped(key)}`]);
    }
  }
}

const root = 'root';

function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
