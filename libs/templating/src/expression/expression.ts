/** From the text of an expression to something that runs, with every fault that can be known before. */
import { Environment, ParseError } from '@marcbachmann/cel-js';
import type { TemplateLimits } from '../limits';
import { quote } from './access';
import { faulty, type Code, type FaultDraft } from './code';
import { PathCode } from './codes';
import { Compiler } from './compiler';
import type { Names } from './names';
import { parsePath, type Path } from './path';

export interface CompiledExpression {
  readonly code: Code;
  /** Graph indices of the nodes it reads. */
  readonly references: readonly number[];
  /** None: it can run. */
  readonly faults: readonly FaultDraft[];
}

const parser = new Environment({
  unlistedVariablesAreDyn: true,
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: 10_000, maxDepth: 100 },
});
const NONE: readonly never[] = [];

/** Compiles expressions against the names of one definition; the same text is compiled once. */
export class Expressions {
  private readonly compiled = new Map<string, CompiledExpression>();

  constructor(
    private readonly names: Names,
    private readonly limits: TemplateLimits,
  ) {}

  compile(source: string): CompiledExpression {
    const path = source.length > this.limits.maxExpressionLength ? undefined : parsePath(source);
    if (path !== undefined) return this.compilePath(path, source);
    let known = this.compiled.get(source);
    if (known === undefined) {
      known = this.compileCel(source);
      this.compiled.set(source, known);
    }
    return known;
  }

  private compilePath(path: Path, source: string): CompiledExpression {
    const binding = this.names.bind(path, source);
    if ('code' in binding) return failed(binding);
    const references = binding.node === undefined ? NONE : [binding.node];
    return { code: new PathCode(binding), references, faults: NONE };
  }

  /** `secrets.NAME`, unless a node is called `secrets`: the name. */
  secretName(source: string): string | undefined {
    if (!source.includes('secrets')) return undefined;
    if (this.names.hasNode('secrets')) return undefined;
    return /^\s*secrets\.([A-Za-z_][A-Za-z0-9_]{0,127})\s*$/.exec(source)?.[1];
  }

  private compileCel(source: string): CompiledExpression {
    if (source.length > this.limits.maxExpressionLength) {
      return failed({
        code: 'TEMPLATE_LIMIT',
        message: `An expression may have ${this.limits.maxExpressionLength} characters, this one has ${source.length}.`,
      });
    }
    const compiler = new Compiler(source, this.names);
    try {
      const code = compiler.compile(parser.parse(source).ast);
      const references = compiler.references.size === 0 ? NONE : [...compiler.references];
      return { code, references, faults: compiler.faults.length === 0 ? NONE : compiler.faults };
    } catch (error) {
      if (error instanceof ParseError) return failed(this.syntaxFault(error, source));
      // The parser recurses for every unary operator.
      if (error instanceof RangeError) {
        return failed({
          code: 'TEMPLATE_LIMIT',
          message: 'The expression nests too many operations; split it.',
        });
      }
      throw error;
    }
  }

  private syntaxFault(error: ParseError, source: string): FaultDraft {
    if (source.trim() === '') {
      return { code: 'TEMPLATE_SYNTAX', message: 'The expression is empty; to write a literal ${ use $${.' };
    }
    if (error.code === 'limit_exceeded') {
      return {
        code: 'TEMPLATE_LIMIT',
        message: `The expression is too complex: ${error.summary}; split it.`,
      };
    }
    const position = error.range?.start ?? 0;
    const excerpt = source.slice(Math.max(0, position - 30), position + 30);
    return {
      code: 'TEMPLATE_SYNTAX',
      message: `${error.summary} at position ${position + 1} of the expression, near ${quote(excerpt)}.${this.names.oddIdAdvice(source)}`,
    };
  }
}

function failed(fault: FaultDraft): CompiledExpression {
  return { code: faulty, references: NONE, faults: [fault] };
}
