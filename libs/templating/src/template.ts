/** One JSON value with expressions in its strings: compiled once, resolved for every execution. */
import type { Json, JsonObject } from '@workflow-engine/dag';
import { ExpressionError, TemplateError } from './errors';
import { quote } from './expression/access';
import type { Code, RunContext } from './expression/code';
import { toText } from './expression/conversions';
import type { Expressions } from './expression/expression';
import { setOwn, toJson } from './expression/value';
import type { FaultReport } from './fault-report';
import { pointerToken } from './json-pointer';
import { Meter, type TemplateLimits } from './limits';
import { scanText, type ExpressionPart } from './scan';
import type { CompiledCondition, CompiledTemplate, Resolved, SecretSlot, TemplateScope } from './types';

export interface TemplateSetting {
  readonly expressions: Expressions;
  readonly limits: TemplateLimits;
  readonly report: FaultReport;
  /** Whether `${secrets.NAME}` may stand here. */
  readonly allowSecrets: boolean;
  /** Told of every node that is read, and where. */
  readonly references: { add(node: number, pointer: string): void };
}

interface Run {
  readonly context: RunContext;
  readonly secrets: SecretSlot[];
}

/** Makes one part of the resolved value. What is static needs no builder: it is the value itself. */
type Builder = (run: Run) => Json;
type Part = string | { readonly code: Code; readonly source: string } | { readonly secret: string };

/** @param pointer where the value stands in the submitted document */
export function compileTemplate(value: Json, pointer: string, setting: TemplateSetting): CompiledTemplate {
  return new TemplateCompiler(pointer, setting).compile(value);
}

class TemplateCompiler {
  private readonly references: number[] = [];
  private readonly secretNames: string[] = [];
  /** Characters of what is the same in every resolved value. */
  private staticSize = 0;

  constructor(
    private readonly pointer: string,
    private readonly setting: TemplateSetting,
  ) {}

  compile(value: Json): CompiledTemplate {
    const built = this.value(value, '', 0);
    if (typeof built !== 'function') return staticTemplate(built);
    const { limits } = this.setting;
    const { staticSize, pointer } = this;
    return {
      isStatic: false,
      references: ascending(this.references),
      secretNames: [...new Set(this.secretNames)],
      resolve(scope) {
        const run = newRun(scope, limits);
        guarded(pointer, '', () => run.context.meter.take(staticSize));
        return { value: built(run), secrets: run.secrets };
      },
    };
  }

  private value(value: Json, path: string, depth: number): Json | Builder {
    if (typeof value === 'string') return this.text(value, path, depth);
    this.staticSize += 5;
    if (typeof value !== 'object' || value === null) return value;
    if (depth >= this.setting.limits.maxDepth) {
      const message = `A template may be nested ${this.setting.limits.maxDepth} levels deep.`;
      this.setting.report.add('TEMPLATE_LIMIT', this.pointer, message);
      return null;
    }
    return Array.isArray(value)
      ? this.array(value as readonly Json[], path, depth + 1)
      : this.object(value as JsonObject, path, depth + 1);
  }

  private array(items: readonly Json[], path: string, depth: number): Json | Builder {
    const built = items.map((item, i) => this.value(item, `${path}/${i}`, depth));
    if (built.every((item, i) => item === items[i])) return items;
    return assembled(built, (parts) => parts);
  }

  private object(object: JsonObject, path: string, depth: number): Json | Builder {
    const keys = Object.keys(object);
    const built = keys.map((key) => {
      this.staticSize += key.length + 4;
      return this.value(object[key] ?? null, `${path}/${pointerToken(key)}`, depth);
    });
    if (built.every((item, i) => item === object[keys[i] ?? ''])) return object;
    return assembled(built, (parts) => {
      const result: Record<string, Json> = {};
      for (const [i, key] of keys.entries()) setOwn(result, key, parts[i] ?? null);
      return result;
    });
  }

  private text(text: string, path: string, depth: number): Json | Builder {
    if (!text.includes('${')) {
      this.staticSize += text.length + 2;
      return text;
    }
    const pointer = this.pointer + path;
    const { parts, unterminatedAt } = scanText(text);
    if (unterminatedAt !== undefined) {
      const excerpt = quote(text.slice(unterminatedAt));
      this.setting.report.add(
        'TEMPLATE_SYNTAX',
        pointer,
        `\`\${\` at position ${unterminatedAt + 1} has no closing \`}\` (or a text inside it has no closing quote): ${excerpt}. To write a literal \`\${\`, double the dollar: \`$\${\`.`,
      );
      return text;
    }
    this.staticSize += 2;
    for (const part of parts) if (typeof part === 'string') this.staticSize += part.length;
    const compiled = parts.map((part) => (typeof part === 'string' ? part : this.expression(part, pointer)));
    const [first = ''] = compiled;
    if (compiled.length <= 1 && typeof first === 'string') return first;
    if (compiled.some((part) => typeof part !== 'string' && 'secret' in part)) {
      return (run) => guarded(pointer, text, () => withSecrets(compiled, path, run));
    }
    if (compiled.length === 1 && typeof first !== 'string' && 'code' in first) {
      return wholeValue(first.code, first.source, pointer, depth);
    }
    return (run) => joined(compiled, pointer, run);
  }

  private expression(part: ExpressionPart, pointer: string): Part {
    const { expressions, report, allowSecrets } = this.setting;
    const secret = allowSecrets ? expressions.secretName(part.source) : undefined;
    if (secret !== undefined) {
      this.secretNames.push(secret);
      return { secret };
    }
    const compiled = expressions.compile(part.source);
    for (const fault of compiled.faults) {
      report.add(fault.code, pointer, `${fault.message} (in \`\${${excerpt(part.source)}}\`)`);
    }
    for (const node of compiled.references) {
      this.references.push(node);
      this.setting.references.add(node, pointer);
    }
    return { code: compiled.code, source: part.source };
  }
}

/** @param source one CEL expression; a `${...}` around it is accepted */
export function compileCondition(
  source: string,
  pointer: string,
  setting: TemplateSetting,
): CompiledCondition {
  const { parts } = scanText(source.trim());
  const [only] = parts;
  const expression = parts.length === 1 && typeof only === 'object' ? only.source : source;
  const { code, references, faults } = setting.expressions.compile(expression);
  for (const fault of faults)
    setting.report.add(fault.code, pointer, `${fault.message} (in \`${excerpt(expression)}\`)`);
  if (faults.length === 0 && code.type !== 'dyn' && code.type !== 'bool') {
    setting.report.add(
      'TYPE_MISMATCH',
      pointer,
      `A condition is true or false, \`${excerpt(expression)}\` is a ${code.type}.`,
    );
  }
  for (const node of references) setting.references.add(node, pointer);
  return {
    references: ascending(references),
    evaluate: (scope) =>
      guarded(pointer, expression, () => {
        const value = code.run(newRun(scope, setting.limits).context);
        if (typeof value === 'boolean') return value;
        throw new ExpressionError(
          'a condition must be true or false; compare the value, e.g. with `!= null` or `> 0`',
        );
      }),
  };
}

function staticTemplate(value: Json): CompiledTemplate {
  const resolved: Resolved = { value, secrets: [] };
  return { isStatic: true, references: [], secretNames: [], resolve: () => resolved };
}

function newRun(scope: TemplateScope, limits: TemplateLimits): Run {
  return { context: { scope, meter: new Meter(limits), locals: [] }, secrets: [] };
}

/** What is static is put together once, the rest for every run. */
function assembled(
  parts: readonly (Json | Builder)[],
  assemble: (parts: readonly Json[]) => Json,
): Json | Builder {
  if (parts.every(isFixed)) return assemble(parts);
  return (run) => assemble(parts.map((part) => (isFixed(part) ? part : part(run))));
}

function isFixed(part: Json | Builder): part is Json {
  return typeof part !== 'function';
}

function wholeValue(code: Code, source: string, pointer: string, depth: number): Builder {
  return ({ context }) => guarded(pointer, source, () => toJson(code.run(context), context.meter, depth));
}

function joined(parts: readonly Part[], pointer: string, { context }: Run): string {
  let text = '';
  for (const part of parts) {
    if (typeof part === 'string') text += part;
    else if ('code' in part)
      text += guarded(pointer, part.source, () => toText(part.code.run(context), context.meter));
  }
  return text;
}

/** The text shows the references; the slot says which of them are real, so that data can't forge one. */
function withSecrets(parts: readonly Part[], pointer: string, { context, secrets }: Run): string {
  let text = '';
  const slot: (string | { readonly secret: string })[] = [];
  for (const part of parts) {
    if (typeof part !== 'string' && 'secret' in part) {
      text += `\${secrets.${part.secret}}`;
      slot.push(part);
    } else {
      const piece = typeof part === 'string' ? part : toText(part.code.run(context), context.meter);
      text += piece;
      slot.push(piece);
    }
  }
  secrets.push({ pointer, parts: slot });
  return text;
}

/** Turns what goes wrong inside an expression into the error that callers know. */
function guarded<T>(pointer: string, source: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const where = source === '' ? '' : `\`${excerpt(source)}\`: `;
    if (error instanceof ExpressionError)
      throw new TemplateError(error.code, pointer, `${where}${error.message}.`);
    // Data nested so deep that walking it exhausts the stack.
    if (error instanceof RangeError)
      throw new TemplateError('TEMPLATE_LIMIT', pointer, `${where}the data is too large.`);
    throw error;
  }
}

function excerpt(source: string): string {
  const text = source.trim();
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function ascending(indices: readonly number[]): readonly number[] {
  return indices.length <= 1 ? indices : [...new Set(indices)].sort((a, b) => a - b);
}
