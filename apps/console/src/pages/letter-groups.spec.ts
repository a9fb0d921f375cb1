import { expect, it } from '@jest/globals';

import { groupLetters } from './letter-groups';

const letter = (id: string, code: string, name: string, handler = 'http') => ({
  id,
  execution_id: 'e',
  name,
  node_id: 'n',
  handler,
  error: { code, message: id },
  attempts: 1,
  created_at: '2026-01-01T00:00:00.000Z',
});

it('groups by error, workflow and handler, the largest first', () => {
  const groups = groupLetters([
    letter('1', 'A', 'orders'),
    letter('2', 'B', 'orders'),
    letter('3', 'B', 'orders'),
    letter('4', 'B', 'orders', 'llm'),
    letter('5', 'B', 'refunds'),
  ]);
  expect(groups.map(({ code, name, handler, letters }) => [code, name, handler, letters.length])).toEqual([
    ['B', 'orders', 'http', 2],
    ['A', 'orders', 'http', 1],
    ['B', 'orders', 'llm', 1],
    ['B', 'refunds', 'http', 1],
  ]);
});
