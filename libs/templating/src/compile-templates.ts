import type { Checked, CompiledGraph, WorkflowDefinition } from '@workflow-engine/dag';
import { findAncestors, type Verdict } from './ancestors';
import { quote } from './expression/access';
import { Expressions } from './expression/expression';
import { Names } from './expression/names';
import { FaultReport } from './fault-report';
import { DEFAULT_LIMITS } from './limits';
import { compileCondition, compileTemplate, type TemplateSetting } from './template';
import type { CompiledTemplates, NodeTemplates, TemplateOptions } from './types';

/**
 * Compiles every template and condition of a definition, or tells all that is wrong with them.
 * @param graph compiled from the same definition: nodes are numbered in its order
 */
export function compileTemplates(
  definition: WorkflowDefinition,
  graph: CompiledGraph,
  options: TemplateOptions = {},
): Checked<CompiledTemplates> {
  const report = new FaultReport();
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const names = new Names(graph, options.outputSchemaOf ?? (() => undefined));
  const expressions = new Expressions(names, limits);
  const references = new References();
  const forConfig: TemplateSetting = { expressions, limits, report, references, allowSecrets: true };
  const forCondition: TemplateSetting = { ...forConfig, allowSecrets: false };

  const nodes: NodeTemplates[] = [];
  for (const [index, node] of definition.dag.nodes.entries()) {
    // The rest would cost time and change nothing.
    if (report.isFull) break;
    references.from = index;
    const pointer = `/dag/nodes/${index}`;
    const config = compileTemplate(node.config ?? {}, `${pointer}/config`, forConfig);
    if (node.when === undefined) nodes.push({ config });
    else nodes.push({ config, when: compileCondition(node.when, `${pointer}/when`, forCondition) });
  }
  // The output is resolved when everything is over, so it may read any node.
  const anywhere: TemplateSetting = { ...forCondition, references: { add: () => undefined } };
  const output =
    definition.output === undefined ? undefined : compileTemplate(definition.output, '/output', anywhere);

  checkAncestors(graph, references, report);
  if (!report.isEmpty) return { ok: false, faults: report.list() };
  return { ok: true, value: output === undefined ? { nodes } : { nodes, output } };
}

/** Which node reads which, and where in the submitted document. Columns, because there may be very many. */
class References {
  readonly sources: number[] = [];
  readonly targets: number[] = [];
  readonly pointers: string[] = [];
  /** The node whose templates are being compiled. */
  from = 0;

  add(node: number, pointer: string): void {
    this.sources.push(this.from);
    this.targets.push(node);
    this.pointers.push(pointer);
  }
}

function checkAncestors(graph: CompiledGraph, references: References, report: FaultReport): void {
  const { sources, targets, pointers } = references;
  const verdicts = findAncestors(graph, sources, targets);
  for (const [i, verdict] of verdicts.entries()) {
    if (verdict === 'ancestor') continue;
    const [from = 0, to = 0, pointer = ''] = [sources[i], targets[i], pointers[i]];
    report.add(
      verdict === 'too-costly' ? 'REFERENCE_TOO_COSTLY' : 'NOT_AN_ANCESTOR',
      pointer,
      advice(graph, verdict, from, to),
    );
  }
}

function advice(graph: CompiledGraph, verdict: Verdict, from: number, to: number): string {
  const [source, target] = [quote(graph.ids[from] ?? ''), quote(graph.ids[to] ?? '')];
  if (verdict === 'too-costly') {
    return `Whether ${target} runs before ${source} is too costly to find out in a graph of this size; name ${target} in the dependencies of ${source}.`;
  }
  return from === to
    ? `${source} refers to itself, but its output exists only after it has run.`
    : `${target} does not run before ${source}, so its output may not exist yet; add ${target} to the dependencies of ${source}.`;
}
