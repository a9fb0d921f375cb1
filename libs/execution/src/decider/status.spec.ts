import { describe, expect, it } from '@jest/globals';

import { EXECUTION_STATUSES, EXECUTION_TRANSITIONS, NODE_STATUSES, NODE_TRANSITIONS } from './status';
import { isTerminal, isTerminalNode } from './status';

describe('the transition tables', () => {
  it.each(EXECUTION_STATUSES)('leave a terminal execution (%s) by a retry or a rerun only', (status) => {
    const next = EXECUTION_TRANSITIONS[status];
    if (isTerminal(status)) expect(next).toEqual(['RUNNING']);
    else expect(next.length).toBeGreaterThan(1);
  });

  it.each(NODE_STATUSES)('leave a terminal node (%s) by beginning anew only', (status) => {
    const next = NODE_TRANSITIONS[status];
    if (isTerminalNode(status)) expect(next).toEqual(['PENDING']);
    else expect(next).not.toContain('PENDING');
  });

  it('reach every status but the first', () => {
    const reached = new Set<string>(Object.values(EXECUTION_TRANSITIONS).flat());
    expect(EXECUTION_STATUSES.filter((status) => !reached.has(status))).toEqual(['PENDING']);
    const nodes = new Set<string>(Object.values(NODE_TRANSITIONS).flat());
    expect(NODE_STATUSES.filter((status) => !nodes.has(status))).toEqual([]);
  });
});
