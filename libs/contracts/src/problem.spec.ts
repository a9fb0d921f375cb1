import { describe, expect, it } from '@jest/globals';

import { EXECUTION_STATUSES, PROBLEM_STATUS, TERMINAL_EVENTS } from './index';

describe('the contract', () => {
  it('gives every problem an error status', () => {
    const odd = Object.entries(PROBLEM_STATUS).filter(([, status]) => status < 400 || status > 599);
    expect(odd).toEqual([]);
  });

  it('has one terminal event per terminal status', () => {
    const terminal = EXECUTION_STATUSES.filter(
      (status) => !['PENDING', 'RUNNING', 'PAUSED'].includes(status),
    );
    const named = TERMINAL_EVENTS.map((type) =>
      type
        .replace('Execution', '')
        .replace(/(?<=[a-z])(?=[A-Z])/g, '_')
        .toUpperCase(),
    );
    expect([...named].sort()).toEqual([...terminal].sort());
  });
});
