import type { Json, JsonObject } from '@workflow-engine/contracts';

import type { GraphNode } from '../graph/workflow-graph';
import type { JournalState, NodeState } from './fold';

/** `price.output`, but not `a.price.output`; `nodes["odd-id"]` as it is written within JSON. */
const byName = /(?<![\w.])([A-Za-z_]\w*)\.(?:output|status|error)\b/g;
const byKey = /(?<![\w.])nodes\[\\?["'](.+?)\\?["']\]/g;
const ofTrigger = /(?<![\w.])(?:execution\.)?input\b/;

/**
 * What a node is given, as its templates see it: the results of its dependencies and of the ancestors that it names,
 * and the trigger's input where nothing comes before it or it asks for it. Only what is there at the moment.
 */
export function inputOfNode(node: GraphNode, state: JournalState): JsonObject {
  const texts = templatesOf(node);
  const input: Record<string, Json> = {};
  if (state.input !== undefined && (node.dependencies.length === 0 || ofTrigger.test(texts)))
    input.input = state.input;
  const named = [...texts.matchAll(byName), ...texts.matchAll(byKey)].map(([, id = '']) => id);
  for (const id of new Set([...node.dependencies, ...named])) {
    const result = resultOf(state.nodes.get(id));
    // A node that is called `input` takes that name, in templates as well.
    if (result !== undefined) input[id] = result;
  }
  return input;
}

/** Names within texts without a template mean nothing. */
function templatesOf({ config, when }: GraphNode): string {
  const texts = JSON.stringify(config).match(/"(?:[^"\\]|\\.)*"/g) ?? [];
  return [...texts.filter((text) => text.includes('${')), when].join('\n');
}

function resultOf(node: NodeState | undefined): JsonObject | undefined {
  if (node === undefined) return undefined;
  if (node.output !== undefined) return { output: node.output };
  if (node.endedAt === undefined) return undefined;
  const { status, error } = node;
  return { status, ...(error !== undefined && { error: { code: error.code, message: error.message } }) };
}
