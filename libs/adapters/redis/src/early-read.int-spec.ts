import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Command, InboundEntry, Offset } from '@workflow-engine/execution';
import { newId } from '@workflow-engine/execution/testing';
import { Redis } from 'ioredis';

import { type HotPortsUnderTest, hotPortsOn, servers } from './testing/hot-ports-under-test';

/** Longer than a test may take: whoever waits so long has waited for nothing. */
const LONG_MS = 60_000;

describe('a read that begins while what was found before is handled', () => {
  let hot: HotPortsUnderTest;
  let sent: Redis;
  let executionId: string;

  beforeEach(async () => {
    hot = await hotPortsOn(servers.redis, { partitions: 1, maxBlockMs: LONG_MS });
    const redis = new Redis(servers.redis);
    sent = await redis.monitor();
    redis.disconnect();
    executionId = newId();
  });
  afterEach(async () => {
    sent.disconnect();
    await hot.close();
  });

  const command = (reason: string): Command => ({ type: 'Cancel', executionId, reason });

  function read(
    after: Offset | undefined,
    options: { readonly waitMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<readonly InboundEntry[]> {
    return hot.stream.read({ after: new Map([[0, after]]), limit: 100, waitMs: LONG_MS, ...options });
  }

  /** Resolves when the server is asked for what comes after an offset. */
  function asked(offset: Offset): Promise<void> {
    const { inbound } = hot.connection.keys.partition(0);
    return new Promise((resolve) => {
      sent.on('monitor', (_time: string, [name, ...args]: string[]) => {
        if (name === 'XREAD' && args.at(-2) === inbound && args.at(-1) === offset) resolve();
      });
    });
  }

  /** Appends one command and reads it; the next read has begun when this resolves. */
  async function readOne(): Promise<Offset> {
    await hot.stream.append([command('one')]);
    const [entry] = await read(undefined);
    const offset = entry?.offset ?? '';
    await asked(offset);
    return offset;
  }

  it('gives what has come before anybody asked', async () => {
    const offset = await readOne();
    await hot.stream.append([command('another')]);
    const [next, ...more] = await read(offset);
    expect(next?.commands).toEqual([command('another')]);
    expect(more).toEqual([]);
  });

  it('is worth nothing to whoever begins again from an earlier offset', async () => {
    const offset = await readOne();
    const again = await read(undefined);
    expect(again.map((entry) => entry.offset)).toEqual([offset]);
  });

  it('does not keep a shorter one waiting, and loses nothing', async () => {
    const offset = await readOne();
    expect(await read(offset, { waitMs: 20 })).toEqual([]);
    await hot.stream.append([command('late')]);
    const [late] = await read(offset);
    expect(late?.commands).toEqual([command('late')]);
  });

  it('ends with the signal of whoever waits for it', async () => {
    const offset = await readOne();
    const stop = new AbortController();
    const reading = read(offset, { signal: stop.signal });
    stop.abort();
    expect(await reading).toEqual([]);
  });
});
