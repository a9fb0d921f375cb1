/** Goes on for as long as the wait takes: two nodes run side by side, one waits. */
export const waiting = (name: string, duration = 'PT10M') => ({
  name,
  labels: { team: 'ops' },
  dag: {
    nodes: [
      { id: 'first', handler: 'noop' },
      { id: 'hold', handler: 'delay', dependencies: ['first'], config: { duration } },
      { id: 'side', handler: 'transform', dependencies: ['first'], config: { text: 'Hi ${input.who}' } },
      { id: 'last', handler: 'output', dependencies: ['hold', 'side'] },
    ],
  },
});

export const failing = (name: string, code = 'OUT_OF_STOCK') => ({
  name,
  dag: {
    nodes: [
      { id: 'first', handler: 'noop' },
      {
        id: 'charge',
        handler: 'fail',
        dependencies: ['first'],
        config: { code, message: 'there is none left' },
      },
      { id: 'ship', handler: 'noop', dependencies: ['charge'] },
    ],
  },
});

/** A task that fails for good: the engine may not call this machine. */
export const refused = (name: string) => ({
  name,
  dag: { nodes: [{ id: 'charge', handler: 'http', config: { url: 'http://127.0.0.1:9/' } }] },
});

export const fine = (name: string) => ({
  name,
  input_schema: {
    type: 'object',
    required: ['sku'],
    properties: { sku: { type: 'string' }, amount: { type: 'integer' } },
  },
  dag: {
    nodes: [
      { id: 'pick', handler: 'input' },
      { id: 'done', handler: 'output', dependencies: ['pick'] },
    ],
  },
});

/** `layers` times `width` nodes, each of which depends on two of the layer before. */
export const mesh = (name: string, layers: number, width: number) => ({
  name,
  dag: {
    nodes: Array.from({ length: layers * width }, (_, index) => {
      const [layer, place] = [Math.floor(index / width), index % width];
      const dependencies = [`n${layer - 1}-${place}`, `n${layer - 1}-${(place + 1) % width}`];
      const failing = layer === Math.floor(layers / 2) && place === 3;
      return {
        id: `n${layer}-${place}`,
        handler: failing ? 'fail' : 'noop',
        ...(failing && { on_failure: 'continue', config: { code: 'HERE', message: 'it is' } }),
        ...(layer > 0 && { dependencies }),
      };
    }),
  },
});
