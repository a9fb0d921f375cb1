import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkDuration, durationMs, InvalidDurationError } from './index';

describe('durationMs', () => {
  it.each<[string | number, number]>([
    ['PT1S', 1_000],
    ['PT1.5S', 1_500],
    ['PT1,5S', 1_500],
    ['PT5M', 300_000],
    ['PT0.5H', 1_800_000],
    ['PT1H30M', 5_400_000],
    ['P1D', 86_400_000],
    ['P1DT12H', 129_600_000],
    ['P2W', 1_209_600_000],
    ['P1W1DT1H1M1.25S', 694_861_250],
    ['PT36H', 129_600_000],
    ['PT0S', 0],
    ['PT1.005S', 1_005],
    ['PT0.0001S', 1],
    [0, 0],
    [1.5, 1_500],
    [0.0001, 1],
    [315_360_000, 315_360_000_000],
  ])('%p is %p ms', (value, ms) => {
    expect(durationMs(value)).toBe(ms);
  });

  it.each([
    ...[
      '',
      'P',
      'PT',
      'P1',
      'PT1',
      '1S',
      'P1S',
      'PT1D',
      'P1DT',
      'PT1S1M',
      '-PT1S',
      'PT-1S',
      'pt1s',
      ' PT1S',
      'PT1S\n',
    ],
    ...[
      'PT1.5M3S',
      'P0.5DT1H',
      'P1.5W1D',
      'PT1.S',
      'PT.5S',
      'P1Y',
      'P1M',
      'P1Y2M',
      'P3651D',
      'P99999999999999999999W',
    ],
    ...[-1, NaN, Infinity, 315_360_001],
  ])('%p is refused', (value) => {
    expect(() => durationMs(value)).toThrow(InvalidDurationError);
  });

  it('reads back whatever is written from whole units', () => {
    const unit = fc.integer({ min: 0, max: 500 });
    fc.assert(
      fc.property(
        unit,
        unit,
        unit,
        unit,
        fc.integer({ min: 0, max: 999_999 }),
        (w, d, h, m, milliseconds) => {
          const written = `P${w}W${d}DT${h}H${m}M${milliseconds / 1_000}S`;
          const minutes = ((w * 7 + d) * 24 + h) * 60 + m;
          const expected = minutes * 60_000 + milliseconds;
          expect(checkDuration(written)).toEqual(
            expected <= 315_360_000_000
              ? { ok: true, ms: expected }
              : { ok: false, message: expect.any(String) },
          );
        },
      ),
    );
  });
});

describe('the advice', () => {
  const advice = (value: unknown): string => {
    const checked = checkDuration(value);
    return checked.ok ? 'accepted' : checked.message;
  };

  it.each<[string, string]>([
    ['5m', '"PT5M"'],
    ['30 seconds', '"PT30S"'],
    ['1.5h', '"PT1.5H"'],
    ['2d', '"P2D"'],
    ['250ms', '"PT0.25S"'],
    ['10', '"PT10S"'],
    ['P5M', '"PT5M"'],
    ['P1Y', 'Years and months have no fixed length'],
    ['tomorrow', '"PT30S"'],
  ])('for %p names %p', (value, expected) => {
    expect(advice(value)).toContain(expected);
  });

  it('spells only what is accepted', () => {
    for (const value of ['5m', '30 seconds', '1.5h', '2 days', '250ms', '10', '3w', 'P5M']) {
      const spelt = /"(P[^"]*)"(?!.*"P)/.exec(advice(value))?.[1];
      expect(checkDuration(spelt)).toMatchObject({ ok: true });
    }
  });

  it('reminds of the unit when a number is huge', () => {
    expect(advice(1_000_000_000)).toContain('not milliseconds');
  });
});
