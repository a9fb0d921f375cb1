import { describe, expect, it } from '@jest/globals';
import type { JournalEvent } from '@workflow-engine/contracts';

import { graphOf } from '../graph/workflow-graph';
import { foldJournal } from './fold';
import { inputOfNode } from './node-input';

const graph = graphOf({
  name: 'shop',
  dag: {
    nodes: [
      { id: 'price', handler: 'noop' },
      { id: 'odd-id', handler: 'noop' },
      { id: 'charge', handler: 'noop', dependencies: ['price', 'odd-id'], config: { sku: '${input.sku}' } },
      {
        id: 'invoice',
        handler: 'transform',
        dependencies: ['charge'],
        config: { amount: '${price.output.n * 2}', odd: '${nodes["odd-id"].output}', text: 'input.sku' },
      },
    ],
  },
});
const at = '2026-01-01T00:00:00.000Z';
const events: readonly JournalEvent[] = [
  { seq: 1, at, type: 'ExecutionStarted', workflow_id: 'w', version: 1, input: { sku: 'tea' } },
  { seq: 2, at, type: 'NodeCompleted', node_id: 'price', attempt: 1, output: { n: 7 } },
  { seq: 3, at, type: 'NodeSkipped', node_id: 'odd-id', reason: 'condition' },
];

function inputOf(id: string, after = events.length): unknown {
  const node = graph.nodes.get(id);
  if (node === undefined) throw new Error(`there is no ${id}`);
  return inputOfNode(node, foldJournal(graph, events.slice(0, after)));
}

describe('what a node is given', () => {
  it("is the trigger's input where nothing comes before it", () => {
    expect(inputOf('price')).toEqual({ input: { sku: 'tea' } });
    expect(inputOf('price', 0)).toEqual({});
  });

  it('is what its dependencies ended with, as its templates name it', () => {
    expect(inputOf('charge')).toEqual({
      input: { sku: 'tea' },
      price: { output: { n: 7 } },
      'odd-id': { status: 'SKIPPED' },
    });
  });

  it('holds only what was there at the moment', () => {
    expect(inputOf('charge', 1)).toEqual({ input: { sku: 'tea' } });
  });

  it('has the ancestors that it names, and no names from plain texts', () => {
    expect(inputOf('invoice')).toEqual({ price: { output: { n: 7 } }, 'odd-id': { status: 'SKIPPED' } });
  });
});
