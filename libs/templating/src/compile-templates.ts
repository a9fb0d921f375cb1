import type { Checked, CompiledGraph, WorkflowDefinition } from '@workflow-engine/dag';
import { findAncestors, type Reference } from './ancestors';
import { quote } from './expression/access';
import { Expressions } from './expression/expression';
import { Names } from './expression/names';
import { FaultReport } from './fault-report';
import { DEFAULT_LIMITS } from './limits';
import { compileCondition, compileTemplate, type TemplateSetting } from './template';
import type { CompiledTemplates, NodeTemplates, TemplateOptions } from './types';

interface PlacedReference extends Reference {
  /** Where the reference stands in the submitted document. */
  readonly pointer: string;
}

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
  const references: PlacedReference[] = [];
  const shared = { expressions, limits, report };

  const nodes = definition.dag.nodes.map((node, from): NodeTemplates => {
    const onReference = (to: number, pointer: string): void => void references.push({ from, to, pointer });
    const setting: TemplateSetting = { ...shared, allowSecrets: true, onReference };
    const pointer = `/dag/nodes/${from}`;
    const config = compileTemplate(node.config ?? {}, `${pointer}/config`, setting);
    if (node.when === undefined) return { config };
    return { config, when: compileCondition(node.when, `${pointer}/when`, { ...setting, allowSecrets: false }) };
  });
  // The output is resolved when everything is over, so it may read any node.
  const anywhere: TemplateSetting = { ...shared, allowSecrets: false, onReference: () => undefined };
  const output =
    definition.output === undefined ? undefined : compileTemplate(definition.output, '/output', anywhere);

  checkAncestors(graph, references, report);
  if (!report.isEmpty) return { ok: false, faults: report.list() };
  return { ok: true, value: output === undefined ? { nodes } : { nodes, output } };
}

function checkAncestors(graph: CompiledGraph, references: readonly PlacedReference[], report: FaultReport): void {
  const verdicts = findAncestors(graph, references);
  for (const [i, { from, to, pointer }] of references.entries()) {
    const verdict = verdicts[i];
    if (verdict === 'ancestor') continue;
    const target = quote(graph.ids[to] ?? '');
    const source = quote(graph.ids[from] ?? '');
    if (verdict === 'too-costly') {
      report.add(
        'REFERENCE_TOO_COSTLY',
        pointer,
        `Whether ${target} runs before ${source} is too costly to find out in a graph of this size; name ${target} in the dependencies of ${source}.`,
      );
    } else {
      const reason =
        from === to
          ? `${source} refers to itself, but its output exists only after it has run.`
          : `${target} does not run before ${source}, so its output may not exist yet; add ${target} to the dependencies of ${source}.`;
      report.add('NOT_AN_ANCESTOR', pointer, reason);
    }
  }
}
