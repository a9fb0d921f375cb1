import type { WorkflowDefinition } from './definition';
import { definitionShape } from './definition-shape';
import type { Checked } from './fault';
import { FaultReport, inside, type Place } from './fault-report';
import type { CompiledGraph } from './graph';
import { JsonChecker } from './json-check';
import { type DefinitionLimits, defaultLimits } from './limits';
import { linkNodes } from './link-nodes';
import { checkNode } from './node-shape';
import { type Check, checkShape, wrongType } from './shape';

export interface ParsedDefinition {
  /** The submitted document itself, not a copy. */
  readonly definition: WorkflowDefinition;
  readonly graph: CompiledGraph;
}

export interface ParseOptions {
  readonly limits?: Partial<DefinitionLimits>;
}

/**
 * Checks a submitted document and compiles its graph, or lists everything that is wrong with it. Never throws,
 * never recurses into the document, and takes O(size of the document). Handlers, their configs and templates
 * are not looked at here: that takes knowledge that this library does not have.
 */
export function parseDefinition(document: unknown, options: ParseOptions = {}): Checked<ParsedDefinition> {
  const limits = { ...defaultLimits, ...options.limits };
  const report = new FaultReport(limits.faults);
  let graph: CompiledGraph | undefined;
  const nodes: Check = (value, place, checking) => {
    if (!Array.isArray(value)) wrongType(value, place, checking, '"nodes" must be an array');
    else if (place !== undefined && checkCount(value.length, limits.nodes, place, report)) {
      for (const [i, node] of value.entries()) checkNode(node, inside(place, i), checking);
      graph = linkNodes(value, place, report, limits.edges);
    }
  };
  checkShape(definitionShape(nodes), document, undefined, { report, json: new JsonChecker(report, limits) });
  if (!report.isEmpty || graph === undefined) return { ok: false, faults: report.list() };
  // Every field was checked against the type's.
  return { ok: true, value: { definition: document as WorkflowDefinition, graph } };
}

function checkCount(count: number, max: number, place: Place, report: FaultReport): boolean {
  if (count === 0) report.add('NO_NODES', place, 'A workflow needs at least one node. Add one.');
  if (count > max) {
    report.add('TOO_MANY_NODES', place, `There are ${count} nodes, more than ${max}. Split the workflow.`);
  }
  return count > 0 && count <= max;
}
