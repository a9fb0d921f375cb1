import { describe, expect, it } from '@jest/globals';

import { ago, bytes, duration, shortId } from './format';

describe('duration', () => {
  it.each([
    [0, '0 ms'],
    [999.4, '999 ms'],
    [1_000, '1.0 s'],
    [12_345, '12 s'],
    [59_999, '1 min'],
    [72_000, '1 min 12 s'],
    [3_600_000, '1 h'],
    [11_100_000, '3 h 5 min'],
    [187_200_000, '2 d 4 h'],
    [-5, '0 ms'],
  ])('of %d ms is %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});

it('says how long ago something was', () => {
  expect(ago(1_000, 1_900)).toBe('just now');
  expect(ago(0, 190_000)).toBe('3 min ago');
  expect(ago(190_000, 0)).toBe('in 3 min');
});

it('shortens ids so that both their ends tell', () => {
  expect(shortId('01a208c6-0cf4-78fe-9c7d-c8f1833b1634')).toBe('01a2…3b1634');
  expect(shortId('order-1')).toBe('order-1');
});

it('says sizes', () => {
  expect([bytes(12), bytes(2_048), bytes(3_500_000)]).toEqual(['12 B', '2.0 KB', '3.3 MB']);
});
