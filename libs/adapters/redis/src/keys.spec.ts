import { describe, expect, it } from '@jest/globals';

import { slotOf } from './connection/cluster-slot';
import { Keys } from './keys';

describe('keys', () => {
  const keys = new Keys('wfe', 16);

  it('of one partition lie in one slot', () => {
    for (let partition = 0; partition < 16; partition++) {
      const { stream, settled } = keys.queue(partition, 'default');
      const all = [
        ...Object.values(keys.partition(partition) as unknown as Record<string, string>),
        stream,
        settled,
        keys.journal(partition, '0195-{x}'),
      ];
      expect(new Set(all.map(slotOf)).size).toBe(1);
      expect(new Set(all).size).toBe(all.length);
    }
  });

  it('spread the partitions over the slots', () => {
    const slots = Array.from({ length: 16 }, (_, partition) => slotOf(keys.partition(partition).lease));
    expect(new Set(slots).size).toBe(16);
  });

  it('keep deployments and queues apart, whatever they are called', () => {
    const other = new Keys('other', 16);
    expect(other.partition(3).inbound).not.toBe(keys.partition(3).inbound);
    expect(keys.queue(3, 'a').settled).not.toBe(keys.queue(3, 'b').settled);
    expect(slotOf(keys.queue(3, '{elsewhere}').stream)).toBe(slotOf(keys.partition(3).lease));
  });

  it('of a partition that does not exist is a mistake', () => {
    expect(() => keys.partition(16)).toThrow(RangeError);
    expect(() => keys.queue(-1, 'default')).toThrow(RangeError);
  });
});

describe('slots', () => {
  // Redis Cluster specification, "Key distribution model" and "Hash tags".
  it.each([
    ['123456789', 0x31c3],
    ['{user1000}.following', 3443],
    ['foo{}{bar}', 8363],
    ['foo{{bar}}zap', 4015],
    ['foo{bar}{zap}', 5061],
  ])('of %s is %i', (key, slot) => expect(slotOf(key)).toBe(slot));
});
