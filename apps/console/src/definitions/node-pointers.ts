import type { JsonObject } from '@workflow-engine/contracts';

import { nodesOf } from '../graph/workflow-graph';
import { isObject } from '../json';

/** Where in its definition a node stands, as a JSON pointer. */
export function pointerOfNode(definition: JsonObject, id: string): string | undefined {
  const index = nodesOf(definition).findIndex((node) => isObject(node) && node.id === id);
  return index < 0 ? undefined : `/dag/nodes/${index}`;
}

/** The id of the node that a path of the definition leads into. */
export function nodeIdOn(definition: JsonObject, path: readonly (string | number)[]): string | undefined {
  const [dag, nodes, index] = path;
  if (dag !== 'dag' || nodes !== 'nodes' || typeof index !== 'number') return undefined;
  const node = nodesOf(definition)[index];
  return isObject(node) && typeof node.id === 'string' ? node.id : undefined;
}
