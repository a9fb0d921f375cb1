/** Request bodies that work as they stand, one after the other. */
export const examples = {
  definition: {
    name: 'price-order',
    labels: { team: 'sales' },
    output: { total: '${price.output.total}' },
    dag: {
      nodes: [
        { id: 'order', handler: 'input', config: { quantity: 1, unit_price: 5 } },
        {
          id: 'price',
          handler: 'transform',
          dependencies: ['order'],
          config: { total: '${order.output.quantity * order.output.unit_price}' },
        },
      ],
    },
  },
  trigger: { input: { quantity: 3 } },
  cancel: { reason: 'ordered twice' },
  start: { input: { quantity: 3 }, version: 1 },
  bulk: {
    executions: [{ input: { quantity: 1 } }, { input: { quantity: 2 }, idempotency_key: 'order-4711' }],
  },
} as const;
export type ExampleName = keyof typeof examples;
