import { expect, it } from '@jest/globals';

import { groupLetters } from './letter-groups';

const letter = (id: string, code: string, handler: string) => ({
  id,
  execution_id: 'e',
  node_id: 'n',
  handler,
  error: { code, message: id },
  attempts: 1,
  created_at: '2026-01-01T00:00:00.000Z',
});

it('groups by error and handler, the largest first, and speaks for each with its newest', () => {
  const groups = groupLetters([
    letter('1', 'A', 'http'),
    letter('2', 'B', 'http'),
    letter('3', 'B', 'http'),
    letter('4', 'B', 'llm'),
  ]);
  expect(groups.map(({ error, handler, letters }) => [error.message, handler, letters.length])).toEqual([
    ['2', 'http', 2],
    ['1', 'http', 1],
    ['4', 'llm', 1],
  ]);
});
