import { describe, expect, it } from '@jest/globals';

import { boundedLabel } from './label-values';

describe('values of a label', () => {
  it('are told apart up to a bound, the first ones for ever', () => {
    const label = boundedLabel(2);
    expect(['a', 'b', 'a', 'c', 'd', 'b'].map(label)).toEqual(['a', 'b', 'a', 'other', 'other', 'b']);
  });
});
