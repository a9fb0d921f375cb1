import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { fromStoredLabels, fromStoredText, toStoredLabels, toStoredText } from './stored-text';

/** Any sequence of UTF-16 code units, those that matter here often. */
const anyText = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0xffff }),
      fc.constantFrom(0, 0xe000, 0xd800, 0xdc00, 0xdfff, 0x30, 0x64, 0x38),
    ),
  )
  .map((units) => String.fromCharCode(...units));

describe('stored text', () => {
  it('gives every string back as it was, and none that Postgres refuses', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const stored = toStoredText(text);
        expect(stored).not.toMatch(/\0|\p{Surrogate}/u);
        expect(fromStoredText(stored)).toBe(text);
      }),
    );
  });

  it('leaves ordinary text alone', () => {
    const text = 'Ünïcödé 工作流 \u{1f600} \\u0000 "quotes"';
    expect(toStoredText(text)).toBe(text);
  });

  it('gives every label back, also one called __proto__', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.oneof(anyText, fc.constant('__proto__')), anyText), (labels) => {
        const stored = JSON.parse(toStoredLabels(labels)) as Record<string, string>;
        expect(Object.entries(fromStoredLabels(stored))).toEqual(Object.entries(labels));
      }),
    );
  });
});
