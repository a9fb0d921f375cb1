/** Small workflows, and large ones, ready to be run by the decider or to be submitted. */
import type { NodeDefinition, WorkflowDefinition } from '@workflow-engine/dag';

import { compileWorkflow } from '../src/workflow/compile-workflow';
import type { CompiledWorkflow } from '../src/workflow/compiled-workflow';
import { newName } from './builders';

type NodeOptions = Partial<Omit<NodeDefinition, 'id' | 'dependencies'>>;

/** A node for a worker. */
export function task(
  id: string,
  dependencies: readonly string[] = [],
  options: NodeOptions = {},
): NodeDefinition {
  return { id, handler: 'work', dependencies, ...options };
}

/** A node that the decider carries out itself. */
export function control(
  id: string,
  handler: 'input' | 'output' | 'transform' | 'noop' | 'fail' | 'delay',
  dependencies: readonly string[] = [],
  options: NodeOptions = {},
): NodeDefinition {
  return { id, handler, dependencies, ...options };
}

export function workflowOf(
  nodes: readonly NodeDefinition[],
  overrides: Partial<Omit<WorkflowDefinition, 'dag'>> = {},
): WorkflowDefinition {
  return { name: newName(), ...overrides, dag: { nodes } };
}

export function compiled(
  nodes: readonly NodeDefinition[],
  overrides: Partial<Omit<WorkflowDefinition, 'dag'>> = {},
): CompiledWorkflow {
  return compileWorkflow('workflow', 1, workflowOf(nodes, overrides));
}

/** `n0 -> n1 -> ...` */
export function chain(length: number, handler = 'work'): readonly NodeDefinition[] {
  return Array.from({ length }, (_, index) => ({
    id: `n${index}`,
    handler,
    dependencies: index === 0 ? [] : [`n${index - 1}`],
  }));
}

/** `start -> w0 ... w(width - 1) -> end` */
export function fanOutFanIn(width: number, handler = 'work'): readonly NodeDefinition[] {
  const workers = Array.from({ length: width }, (_, index) => `w${index}`);
  return [
    { id: 'start', handler },
    ...workers.map((id) => ({ id, handler, dependencies: ['start'] })),
    { id: 'end', handler, dependencies: workers },
  ];
}

/** `depth` layers of `width` nodes; each node depends on up to `degree` nodes of the layer before. */
export function layers(
  depth: number,
  width: number,
  degree: number,
  handler = 'work',
): readonly NodeDefinition[] {
  const idAt = (layer: number, place: number): string => `l${layer}p${place % width}`;
  return Array.from({ length: depth * width }, (_, index) => {
    const [layer, place] = [Math.floor(index / width), index % width];
    const dependencies =
      layer === 0 ? [] : Array.from({ length: degree }, (_, step) => idAt(layer - 1, place + step));
    return { id: idAt(layer, place), handler, dependencies };
  });
}
