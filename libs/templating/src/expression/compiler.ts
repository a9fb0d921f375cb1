/**
 * Turns CEL's syntax tree into {@link Code}. The parser is cel-js; evaluation is our own, because cel-js has no
 * bound on the cost of an evaluation, drops keys such as `__proto__`, refuses data with a key `constructor`, and
 * says of a missing field neither where it was looked for nor what is there.
 */
import type { ASTNode } from '@marcbachmann/cel-js';
import { DEFAULT_LIMITS, Meter } from '../limits';
import { ExpressionError } from '../errors';
import type { Step } from './access';
import { constant, faulty, type Code, type FaultDraft, type TemplateFaultCode } from './code';
import { conditional, hasCode, indexCode, listCode, mapCode, not, PathCode } from './codes';
import { conversions } from './conversions';
import { arity, callFunction, unfitArgument } from './functions';
import { declare, literalStep, lookUp, type Locals } from './locals';
import { comprehension, logical, MAX_COMPREHENSION_NESTING } from './macros';
import { findFunction, methods } from './methods';
import type { Binding, Names } from './names';
import { binary, binaryType, negate, type BinaryOperator } from './operators';
import type { Path } from './path';
import { compilePattern } from './regex';
import { describeType, typeOf } from './value';

type LiteralValue = Extract<ASTNode, { op: 'value' }>['args'];

const MAX_TREE_DEPTH = 250;
const COMPREHENSIONS = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

export class Compiler {
  readonly faults: FaultDraft[] = [];
  readonly references = new Set<number>();
  private depth = 0;

  constructor(
    private readonly source: string,
    private readonly names: Names,
  ) {}

  compile(node: ASTNode, locals?: Locals): Code {
    if (++this.depth > MAX_TREE_DEPTH) {
      this.depth = Number.NEGATIVE_INFINITY;
      return this.fault(
        'TEMPLATE_LIMIT',
        `The expression nests more than ${MAX_TREE_DEPTH} operations; split it.`,
      );
    }
    const code = this.compileNode(node, locals);
    this.depth--;
    return code;
  }

  private compileNode(node: ASTNode, locals: Locals | undefined): Code {
    switch (node.op) {
      case 'value':
        return this.literal(node.args);
      case 'id':
      case '.':
      case '[]':
        return this.access(node, locals);
      case 'list':
        return listCode(node.args.map((item) => this.compile(item, locals)));
      case 'map':
        return this.map(node.args, locals);
      case '?:':
        return conditional(
          this.boolean(node.args[0], locals),
          this.compile(node.args[1], locals),
          this.compile(node.args[2], locals),
        );
      case '||':
      case '&&':
        return logical(
          node.op === '||',
          this.boolean(node.args[0], locals),
          this.boolean(node.args[1], locals),
        );
      case '!_':
        return not(this.boolean(node.args, locals));
      case '-_': {
        const operand = this.compile(node.args, locals);
        return { type: operand.type, run: (context) => negate(operand.run(context)) };
      }
      case 'call':
        if (node.args[0] === 'has') return this.has(node.args[1], locals);
        return this.call(node.args[0], node.args[1], false, locals);
      case 'rcall':
        return this.method(node.args[0], node.args[1], node.args[2], locals);
      case '.?':
      case '[?]':
        return this.fault('TEMPLATE_SYNTAX', 'Optional access is not supported; use has(...) ? ... : ...');
      default:
        return this.operator(node.op, node.args[0], node.args[1], locals);
    }
  }

  private literal(value: LiteralValue): Code {
    if (typeof value === 'bigint') {
      // One more than the largest: it may be the operand of a minus.
      if (value <= 2n ** 63n) return constant(value, 'int');
      return this.fault('TEMPLATE_SYNTAX', 'An integer literal has more than 64 bits.');
    }
    if (
      value === null ||
      typeof value === 'boolean' ||
      typeof value === 'string' ||
      typeof value === 'number'
    ) {
      return constant(value, typeOf(value));
    }
    // `1u`: there is one kind of whole number here.
    if (typeof value === 'object' && 'value' in value) return this.literal(value.value);
    return this.fault('TEMPLATE_SYNTAX', 'Byte literals (b"...") are not supported; JSON has no bytes.');
  }

  private access(node: ASTNode, locals: Locals | undefined): Code {
    const chain = this.chain(node, locals);
    return chain === undefined ? faulty : new PathCode(chain);
  }

  /** True if the whole path exists; unlike in plain CEL a part on the way that is missing or null is no error. */
  private has([arg, ...rest]: readonly ASTNode[], locals: Locals | undefined): Code {
    if (arg === undefined || rest.length > 0 || literalStep(arg) === undefined) {
      return this.fault('TEMPLATE_SYNTAX', 'has() wants one field: has(a.output.x).');
    }
    const chain = this.chain(arg, locals);
    return chain === undefined ? faulty : hasCode(chain);
  }

  /** What an access starts from and the literal steps after that; `undefined` when there is a fault in it. */
  private chain(node: ASTNode, locals: Locals | undefined): Binding | undefined {
    const steps: Step[] = [];
    let base = node;
    for (let step = literalStep(base); step !== undefined; step = literalStep(base)) {
      steps.push(step.key);
      base = step.of;
    }
    steps.reverse();
    if (base.op === 'id') {
      const local = lookUp(locals, base.args);
      if (local === undefined) return this.bind({ root: base.args, steps, start: base.start });
      const { slot, name } = local;
      return { label: name, type: 'dyn', read: (context) => context.locals[slot] ?? null, steps };
    }
    const code = base.op === '[]' ? this.index(base.args, locals) : this.compile(base, locals);
    return { label: this.excerpt(base), type: code.type, read: (context) => code.run(context), steps };
  }

  private bind(path: Path): Binding | undefined {
    const binding = this.names.bind(path, this.source);
    if ('code' in binding) {
      // Both halves of `fetch-user` lead to the same advice.
      if (!this.faults.some(({ message }) => message === binding.message)) this.faults.push(binding);
      return undefined;
    }
    if (binding.node !== undefined) this.references.add(binding.node);
    return binding;
  }

  /** `a[expression]` */
  private index([of, by]: readonly [ASTNode, ASTNode], locals: Locals | undefined): Code {
    return indexCode(this.compile(of, locals), this.compile(by, locals), this.excerpt(of));
  }

  private map(entries: readonly (readonly [ASTNode, ASTNode])[], locals: Locals | undefined): Code {
    return mapCode(
      entries.map(([key, value]) => [this.compile(key, locals), this.compile(value, locals)] as const),
    );
  }

  private boolean(node: ASTNode, locals: Locals | undefined): Code {
    const code = this.compile(node, locals);
    if (code.type === 'dyn' || code.type === 'bool') return code;
    return this.fault(
      'TYPE_MISMATCH',
      `\`${this.excerpt(node)}\` is a ${describeType(code.type)} where true or false is needed.`,
    );
  }

  private operator(
    operator: BinaryOperator,
    left: ASTNode,
    right: ASTNode,
    locals: Locals | undefined,
  ): Code {
    const [a, b] = [this.compile(left, locals), this.compile(right, locals)];
    const result = binaryType(operator, a.type, b.type);
    if ('reason' in result) return this.fault('TYPE_MISMATCH', `${result.reason}.`);
    return {
      type: result.type,
      run(context) {
        context.meter.spend(1);
        return binary(operator, a.run(context), b.run(context), context.meter);
      },
    };
  }

  private method(
    name: string,
    receiver: ASTNode,
    args: readonly ASTNode[],
    locals: Locals | undefined,
  ): Code {
    if (name === 'bind' && receiver.op === 'id' && receiver.args === 'cel')
      return this.letBinding(args, locals);
    if (COMPREHENSIONS.has(name) && (args.length === 2 || (name === 'map' && args.length === 3))) {
      return this.comprehension(name, receiver, args, locals);
    }
    return this.call(name, [receiver, ...args], true, locals);
  }

  private comprehension(
    name: string,
    receiver: ASTNode,
    [variable, ...bodies]: readonly ASTNode[],
    locals: Locals | undefined,
  ): Code {
    const range = this.compile(receiver, locals);
    if (variable?.op !== 'id') {
      return this.fault('TEMPLATE_SYNTAX', `${name}() wants a variable name first: ${name}(x, ...).`);
    }
    if (!['dyn', 'list', 'map'].includes(range.type)) {
      return this.fault(
        'TYPE_MISMATCH',
        `${name}() is called on a list or map, got a ${describeType(range.type)}.`,
      );
    }
    const inner = declare(locals, variable.args, 1);
    if (inner.loops > MAX_COMPREHENSION_NESTING) {
      return this.fault(
        'TEMPLATE_LIMIT',
        `Macros may stand at most ${MAX_COMPREHENSION_NESTING} deep inside one another; do part of it in an earlier node.`,
      );
    }
    const transforms = name === 'map' ? bodies.pop() : undefined;
    const [test] = bodies;
    return comprehension({
      name,
      range,
      slot: inner.slot,
      predicate: test === undefined ? undefined : this.boolean(test, inner),
      transform: transforms === undefined ? undefined : this.compile(transforms, inner),
    });
  }

  /** `cel.bind(name, value, expression)` */
  private letBinding([variable, value, body]: readonly ASTNode[], locals: Locals | undefined): Code {
    if (variable?.op !== 'id' || value === undefined || body === undefined) {
      return this.fault('TEMPLATE_SYNTAX', 'cel.bind() wants a name, a value and an expression.');
    }
    const bound = this.compile(value, locals);
    const inner = declare(locals, variable.args, 0);
    const result = this.compile(body, inner);
    return {
      type: result.type,
      run(context) {
        context.locals[inner.slot] = bound.run(context);
        return result.run(context);
      },
    };
  }

  private call(name: string, nodes: readonly ASTNode[], isMethod: boolean, locals: Locals | undefined): Code {
    const args = nodes.map((node) => this.compile(node, locals));
    const spec = findFunction(name, isMethod);
    if (spec === undefined) return this.fault('UNKNOWN_FUNCTION', this.unknownFunction(name, isMethod));
    const most = spec.parameters.length;
    if (args.length > most || args.length < most - (spec.optional ?? 0)) {
      return this.fault('TYPE_MISMATCH', `${name}() wants ${arity(spec, isMethod)}.`);
    }
    const reason = unfitArgument(
      name,
      spec,
      args.map((arg) => arg.type),
      isMethod,
    );
    if (reason !== undefined) return this.fault('TYPE_MISMATCH', `${reason}.`);
    const pattern = nodes[1];
    if (name === 'matches' && pattern?.op === 'value' && typeof pattern.args === 'string') {
      this.checkPattern(pattern.args);
    }
    return {
      type: spec.returns,
      run: (context) =>
        callFunction(
          name,
          spec,
          args.map((arg) => arg.run(context)),
          isMethod,
          context.meter,
        ),
    };
  }

  private checkPattern(pattern: string): void {
    try {
      compilePattern(pattern, new Meter(DEFAULT_LIMITS));
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      this.fault('TEMPLATE_SYNTAX', `${error.message}.`);
    }
  }

  private unknownFunction(name: string, isMethod: boolean): string {
    if (findFunction(name, !isMethod) !== undefined) {
      return isMethod
        ? `${name} is a function, not a method: write ${name}(x).`
        : `${name} is a method: write x.${name}(...).`;
    }
    const known = isMethod
      ? [...Object.keys(methods), ...COMPREHENSIONS]
      : [...Object.keys(conversions), 'has'];
    return `There is no ${isMethod ? 'method' : 'function'} ${name}().${this.names.suggest(name, known)}`;
  }

  private fault(code: TemplateFaultCode, message: string): Code {
    this.faults.push({ code, message });
    return faulty;
  }

  private excerpt(node: ASTNode): string {
    const text = this.source.slice(node.start, node.end);
    return text.length > 60 ? `${text.slice(0, 60)}…` : text;
  }
}
