/** What names mean in an expression: nodes of this graph first, then the built-in names. */
import {
  closestName,
  didYouMean,
  type CompiledGraph,
  type JsonObject,
  type WorkBudget,
} from '@workflow-engine/dag';
import { quote, render, type Step } from './access';
import type { FaultDraft, RunContext } from './code';
import { impossibleStep } from './output-schema';
import { RESERVED_WORDS, type Path } from './path';
import type { StaticType, Value } from './value';

export interface Binding {
  /** How the expression names the value that `read` gives. */
  readonly label: string;
  readonly type: StaticType;
  read(context: RunContext): Value;
  /** What remains to be followed from there. */
  readonly steps: readonly Step[];
  /** Graph index of the node that is read. */
  readonly node?: number;
  /** Put behind "is null" when there is nothing to follow. */
  whyNull?(context: RunContext): string;
}

const NODE_FIELDS = ['output', 'status', 'error'] as const;
const EXECUTION_FIELDS = ['id', 'started_at', 'input'] as const;
const BUILT_IN = ['input', 'execution', 'labels', 'nodes', 'secrets'];
/** `type(x) == string`: types are compared by their names. */
const TYPE_NAMES = new Set(['bool', 'int', 'double', 'string', 'list', 'map', 'timestamp', 'duration']);
/** Some full searches through 100,000 ids; later faults go without a suggestion. */
const SUGGESTION_STEPS = 20_000_000;

export class Names {
  private readonly suggestions: WorkBudget = { left: SUGGESTION_STEPS };

  constructor(
    private readonly graph: CompiledGraph,
    private readonly outputSchemaOf: (nodeIndex: number) => JsonObject | undefined,
  ) {}

  /** @param source the whole expression, for advice */
  bind(path: Path, source: string): Binding | FaultDraft {
    const index = this.graph.indexOf(path.root);
    if (index !== undefined) return this.bindNode(index, path.root, path.steps, path, source);
    const { root, steps } = path;
    switch (root) {
      case 'input':
        return { label: root, type: 'dyn', read: ({ scope }) => scope.input, steps };
      case 'labels':
        return { label: root, type: 'map', read: ({ scope }) => scope.labels, steps };
      case 'execution':
        return this.bindExecution(steps);
      case 'nodes':
        return this.bindNodes(path, source);
      case 'secrets':
        return {
          code: 'SECRET_NOT_ALLOWED',
          message:
            'Secrets can only be put into a config as they are: write `${secrets.NAME}` alone, possibly amid text, without operations and not in `when` or `output`.',
        };
      default:
        if (TYPE_NAMES.has(root)) return { label: root, type: 'string', read: () => root, steps };
        return this.unknownName(path, source);
    }
  }

  hasNode(id: string): boolean {
    return this.graph.indexOf(id) !== undefined;
  }

  suggest(name: string, candidates: Iterable<string>): string {
    return didYouMean(closestName(name, candidates, this.suggestions));
  }

  /** Advice for ids that CEL reads as something else, if the expression names such a node. */
  oddIdAdvice(source: string): string {
    for (const [word] of source.matchAll(/[A-Za-z_][A-Za-z0-9_-]*/g)) {
      if ((word.includes('-') || RESERVED_WORDS.has(word) || word === 'in') && this.hasNode(word)) {
        return ` The node ${quote(word)} is reached by \`nodes[${quote(word)}]\`.`;
      }
    }
    return '';
  }

  private bindNodes(path: Path, source: string): Binding | FaultDraft {
    const [id] = path.steps;
    const rest = path.steps.slice(1);
    if (typeof id !== 'string') {
      return {
        code: 'UNKNOWN_REFERENCE',
        message: '`nodes` needs the id of a node as a literal text: `nodes["some-id"].output`.',
      };
    }
    const index = this.graph.indexOf(id);
    if (index !== undefined) return this.bindNode(index, `nodes[${quote(id)}]`, rest, path, source);
    return {
      code: 'UNKNOWN_REFERENCE',
      message: `There is no node ${quote(id)}.${this.suggest(id, this.graph.ids)}`,
    };
  }

  private bindNode(
    index: number,
    label: string,
    steps: readonly Step[],
    path: Path,
    source: string,
  ): Binding | FaultDraft {
    const [field] = steps;
    if (field !== 'output' && field !== 'status' && field !== 'error') {
      return this.unknownNodeField(label, steps, path, source);
    }
    const rest = steps.slice(1);
    const reason = field === 'output' ? impossibleStep(this.outputSchemaOf(index), rest) : undefined;
    if (reason === undefined) return new NodeBinding(label, field, index, rest);
    const parent = render(`${label}.output`, rest.slice(0, reason.depth));
    return {
      code: 'UNKNOWN_FIELD',
      message: `\`${parent}\` never has a field ${quote(reason.field)}.${this.suggest(reason.field, reason.known)} Its schema has ${list(reason.known)}.`,
    };
  }

  private unknownNodeField(label: string, steps: readonly Step[], path: Path, source: string): FaultDraft {
    const dashed = this.dashedId(path, source);
    if (dashed !== undefined) return dashed;
    const [field] = steps;
    const shadowed = BUILT_IN.includes(path.root)
      ? ` Here \`${path.root}\` is the node of that name; ${
          path.root === 'input'
            ? "the trigger's input is `execution.input`"
            : 'the built-in name is hidden by it'
        }.`
      : '';
    if (field === undefined) {
      return {
        code: 'UNKNOWN_FIELD',
        message: `A node is no value by itself: write \`${label}.output\`, \`${label}.status\` or \`${label}.error\`.${shadowed}`,
      };
    }
    const misspelt = typeof field === 'string' ? this.suggest(field, NODE_FIELDS) : '';
    const instead = shadowed || misspelt || ` Did you mean \`${render(`${label}.output`, steps)}\`?`;
    return {
      code: 'UNKNOWN_FIELD',
      message: `A node has \`output\`, \`status\` and \`error\`, so there is no \`${render(label, [field])}\`.${instead}`,
    };
  }

  private bindExecution([field, ...rest]: readonly Step[]): Binding | FaultDraft {
    switch (field) {
      case 'id':
        return {
          label: 'execution.id',
          type: 'string',
          read: ({ scope }) => scope.execution.id,
          steps: rest,
        };
      case 'started_at':
        return {
          label: 'execution.started_at',
          type: 'string',
          read: ({ scope }) => scope.execution.started_at,
          steps: rest,
        };
      case 'input':
        return { label: 'execution.input', type: 'dyn', read: ({ scope }) => scope.input, steps: rest };
      default:
        return {
          code: 'UNKNOWN_FIELD',
          message: `\`execution\` has \`id\`, \`started_at\` and \`input\`.${
            typeof field === 'string' ? this.suggest(field, EXECUTION_FIELDS) : ''
          }`,
        };
    }
  }

  private unknownName(path: Path, source: string): FaultDraft {
    const dashed = this.dashedId(path, source);
    if (dashed !== undefined) return dashed;
    const suggestion = this.suggest(path.root, BUILT_IN) || this.suggest(path.root, this.graph.ids);
    const fields: readonly string[] = NODE_FIELDS;
    const bare =
      suggestion === '' && fields.includes(path.root) ? ' Say whose it is: `some_node.output`.' : '';
    return {
      code: 'UNKNOWN_REFERENCE',
      message: `There is no node and no built-in name ${quote(path.root)}.${suggestion}${bare}`,
    };
  }

  /** `fetch-user.output` is `fetch` minus `user.output` to CEL; if a node has that id, that's what was meant. */
  private dashedId(path: Path, source: string): FaultDraft | undefined {
    // At most two ids' worth of text around the name.
    const before = /[A-Za-z0-9_-]*$/.exec(source.slice(Math.max(0, path.start - 128), path.start))?.[0] ?? '';
    const after = /^[A-Za-z0-9_-]+/.exec(source.slice(path.start, path.start + 128))?.[0] ?? '';
    const word = before + after;
    if (!word.includes('-') || !this.hasNode(word)) return undefined;
    return {
      code: 'UNKNOWN_REFERENCE',
      message: `\`${word}\` is a subtraction to CEL. Write \`nodes[${quote(word)}]\` for the node of that id.`,
    };
  }
}

/** A class, because there may be hundreds of thousands of them. */
class NodeBinding implements Binding {
  constructor(
    private readonly name: string,
    private readonly field: 'output' | 'status' | 'error',
    readonly node: number,
    readonly steps: readonly Step[],
  ) {}

  get label(): string {
    return `${this.name}.${this.field}`;
  }

  get type(): StaticType {
    return this.field === 'status' ? 'string' : 'dyn';
  }

  read({ scope }: RunContext): Value {
    const view = scope.node(this.node);
    return this.field === 'output' ? view.output : this.field === 'status' ? view.status : view.error;
  }

  whyNull({ scope }: RunContext): string {
    return ` (the node is ${scope.node(this.node).status})`;
  }
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'no fields' : names.slice(0, 10).map(quote).join(', ');
}
