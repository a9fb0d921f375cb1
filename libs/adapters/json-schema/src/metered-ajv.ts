import { Ajv2020, type CodeKeywordDefinition, type KeywordCxt, _ } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { engineFormats } from './engine-formats';
import { linearRegExp } from './linear-regexp';

/** Thrown out of a running validation when its budget is used up. Never leaves this library. */
export class StepsExceededError extends Error {}

/** What one validation may still cost. Ajv's generated code draws on it. */
export class StepMeter {
  private left = 0;

  /** Runs `work` with `steps` to spend. @throws {StepsExceededError} */
  run<T>(steps: number, work: () => T): T {
    this.left = steps;
    return work();
  }

  readonly spend = (steps: number): void => {
    this.left -= steps;
    // Also when `steps` is no number: a budget must fail closed.
    if (!(this.left >= 0)) throw new StepsExceededError();
  };
}

/**
 * An Ajv (JSON Schema 2020-12) for one untrusted schema:
 * - every keyword evaluated costs a step (plus the length of arrays and strings): `$ref`s that double on each
 *   level would otherwise take 2^n steps;
 * - `anyOf`, `oneOf`, `if` and `contains` report only themselves, so that {@link possibleErrors} can weigh their
 *   branches one by one instead of guessing which error came from which branch;
 * - no optimizing pass and no early exit: both make compiling quadratic.
 */
export function createAjv(meter: StepMeter): Ajv2020 {
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    verbose: true,
    ownProperties: true,
    inlineRefs: false,
    meta: false,
    validateSchema: false,
    logger: false,
    code: { regExp: linearRegExp, optimize: false },
  });
  addFormats(ajv);
  for (const [name, fits] of engineFormats) ajv.addFormat(name, fits);
  boundFormats(ajv);
  for (const rule of Object.values(ajv.RULES.all)) {
    if (typeof rule !== 'object' || !('code' in rule.definition)) continue;
    const definition = rule.definition as CodeKeywordDefinition;
    const original = definition.code;
    const aloneIn = composites.has(rule.keyword);
    definition.code = (cxt, ruleType) => {
      const spend = cxt.gen.scopeValue('func', { ref: meter.spend, key: meter });
      const cost = cxt.gen.scopeValue('func', { ref: costs[rule.keyword] ?? flat });
      cxt.gen.code(_`${spend}(${1 + sizeOf(cxt.schema)} + ${cost}(${cxt.data}))`);
      if (aloneIn) reportAlone(cxt);
      original(cxt, ruleType);
    };
  }
  return ajv;
}

/** What a keyword costs beyond its own size, given the data. */
const costs: Readonly<Record<string, (data: unknown) => number>> = {
  items: sizeOf,
  contains: sizeOf,
  unevaluatedItems: sizeOf,
  additionalProperties: sizeOf,
  patternProperties: sizeOf,
  propertyNames: sizeOf,
  unevaluatedProperties: sizeOf,
  // Ajv compares every item with every other one, unless their type is known to be scalar.
  uniqueItems: (data) => sizeOf(data) ** 2 / 20,
  pattern: textCost,
  format: textCost,
  minLength: textCost,
  maxLength: textCost,
};

function flat(): number {
  return 0;
}

function sizeOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
}

function textCost(text: unknown): number {
  return typeof text === 'string' ? text.length / 16 : 0;
}

const composites = new Set(['anyOf', 'oneOf', 'if', 'contains']);

function reportAlone(cxt: KeywordCxt): void {
  const report = cxt.error.bind(cxt);
  cxt.error = (append, parameters, paths) => {
    cxt.reset();
    report(append, parameters, paths);
  };
}

/** Longer text fits no format: some of their expressions backtrack. */
const longestFormatted = 4_096;

function boundFormats(ajv: Ajv2020): void {
  for (const [name, format] of Object.entries(ajv.formats)) {
    const isShort = (text: string) => text.length <= longestFormatted;
    if (format instanceof RegExp) {
      ajv.formats[name] = (text: string) => isShort(text) && format.test(text);
    } else if (typeof format === 'function' && name !== 'byte') {
      ajv.formats[name] = (text: string) => isShort(text) && format(text);
    }
  }
}
