/** a -> b, where b doubles the input. */
export const doubling = {
  name: 'doubling',
  labels: { team: 'sales', region: 'eu:west' },
  output: { result: '${double.output.value}' },
  dag: {
    nodes: [
      { id: 'start', handler: 'input', config: { n: 1 } },
      { id: 'double', handler: 'echo', dependencies: ['start'], config: { value: '${start.output.n * 2}' } },
    ],
  },
};

/** Stays RUNNING until the gate is released. */
export const gated = {
  name: 'gated',
  dag: {
    nodes: [
      { id: 'gate', handler: 'gate' },
      { id: 'after', handler: 'echo', dependencies: ['gate'], config: { done: true } },
    ],
  },
};

/** Fails and leaves a dead letter, until the handlers are repaired. */
export const failing = { name: 'failing', dag: { nodes: [{ id: 'bad', handler: 'broken' }] } };

/** `count` nodes without dependencies. */
export function wide(count: number) {
  return {
    name: 'wide',
    dag: { nodes: Array.from({ length: count }, (_, index) => ({ id: `n${index}`, handler: 'noop' })) },
  };
}
