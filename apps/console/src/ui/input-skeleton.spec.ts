import { expect, it } from '@jest/globals';

import { skeletonOf } from './input-skeleton';

it('begins the JSON of an input with what its schema asks for', () => {
  const schema = {
    type: 'object',
    required: ['customer', 'items', 'express', 'size'],
    properties: {
      customer: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string' }, phone: { type: 'string' } },
      },
      items: { type: 'array', items: { type: 'string' } },
      express: { type: 'boolean' },
      size: { enum: ['S', 'M'] },
      currency: { type: 'string', default: 'EUR' },
      note: { type: 'string' },
    },
  };
  expect(skeletonOf(schema)).toEqual({
    customer: { name: '' },
    items: [],
    express: false,
    size: 'S',
    currency: 'EUR',
  });
  expect(skeletonOf(undefined)).toEqual({});
  expect(skeletonOf(true)).toEqual({});
});
