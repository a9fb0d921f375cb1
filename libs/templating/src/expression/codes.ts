/** The pieces of code that are neither operators, functions nor macros. */
import { ExpressionError } from '../errors';
import { child, follow, missing } from './access';
import type { Code, RunContext } from './code';
import { mapOf } from './conversions';
import type { Binding } from './names';
import { mapKey } from './operators';
import { describeType, isList, isMap, isNumeric, typeOf, type StaticType, type Value } from './value';

/** A class, because there may be hundreds of thousands of them. */
export class PathCode implements Code {
  constructor(private readonly binding: Binding) {}

  get type(): StaticType {
    return this.binding.steps.length === 0 ? this.binding.type : 'dyn';
  }

  run(context: RunContext): Value {
    const { binding } = this;
    const { steps } = binding;
    const value = binding.read(context);
    const [first] = steps;
    if (first === undefined) return value;
    context.meter.spend(steps.length);
    if (value === null) throw missing(value, first, binding.label, binding.whyNull?.(context));
    return follow(value, steps, binding);
  }
}

export function hasCode(binding: Binding): Code {
  return {
    type: 'bool',
    run(context) {
      context.meter.spend(1 + binding.steps.length);
      let value: Value | undefined = binding.read(context);
      for (const step of binding.steps) {
        if (value === undefined) return false;
        value = child(value, step);
      }
      return value !== undefined;
    },
  };
}

/** `container[key]` with a key that only evaluation knows. */
export function indexCode(container: Code, key: Code, label: string): Code {
  return {
    type: 'dyn',
    run(context) {
      context.meter.spend(1);
      const at = key.run(context);
      if (typeof at === 'string') context.meter.spendText(at.length);
      return element(container.run(context), at, label);
    },
  };
}

function element(container: Value, key: Value, label: string): Value {
  if (isList(container)) {
    if (!isNumeric(key) || !Number.isInteger(Number(key))) {
      throw new ExpressionError(
        `\`${label}\` is a list: its index must be a whole number, not ${describeKey(key)}`,
      );
    }
    const index = Number(key);
    const found = child(container, index);
    if (found === undefined) throw missing(container, index, label);
    return found;
  }
  const name = mapKey(key);
  if (name === undefined) {
    throw new ExpressionError(`\`${label}[...]\` needs a text or a whole number, not ${describeKey(key)}`);
  }
  const found = isMap(container) ? child(container, name) : undefined;
  if (found === undefined) throw missing(container, name, label);
  return found;
}

function describeKey(key: Value): string {
  return isNumeric(key) ? key.toString() : `a ${describeType(typeOf(key))}`;
}

export function listCode(items: readonly Code[]): Code {
  return {
    type: 'list',
    run(context) {
      context.meter.spend(1 + items.length);
      return items.map((item) => item.run(context));
    },
  };
}

export function mapCode(entries: readonly (readonly [Code, Code])[]): Code {
  return {
    type: 'map',
    run(context) {
      context.meter.spend(1 + entries.length);
      return mapOf(
        entries.map(([key, value]) => {
          const name = keyText(key.run(context));
          context.meter.spendText(name.length);
          return [name, value.run(context)] as const;
        }),
      );
    },
  };
}

function keyText(key: Value): string {
  const text = typeof key === 'boolean' ? String(key) : mapKey(key);
  if (text !== undefined) return text;
  throw new ExpressionError(`the key of a map must be a text, got a ${describeType(typeOf(key))}`);
}

export function not(operand: Code): Code {
  return {
    type: 'bool',
    run(context) {
      const value = operand.run(context);
      if (typeof value === 'boolean') return !value;
      throw new ExpressionError(`\`!\` works on true and false, got a ${describeType(typeOf(value))}`);
    },
  };
}

export function conditional(test: Code, yes: Code, no: Code): Code {
  return {
    type: yes.type === no.type ? yes.type : 'dyn',
    run(context) {
      context.meter.spend(1);
      const value = test.run(context);
      if (typeof value === 'boolean') return (value ? yes : no).run(context);
      throw new ExpressionError(
        `\`? :\` needs true or false before the \`?\`, got a ${describeType(typeOf(value))}`,
      );
    },
  };
}
