import { describe, expect, it } from '@jest/globals';
import { silentLog, UnavailableError } from '@workflow-engine/execution';
import { newId } from '@workflow-engine/execution/testing';
import { Redis } from 'ioredis';

import { Keys } from '../keys';
import { servers } from '../testing/hot-ports-under-test';
import { RedisConnection } from './redis-connection';

describe('a connection', () => {
  it('is made again when ioredis gives it up', async () => {
    const commands = new Redis(servers.redis);
    const settings = { log: silentLog, maxBlockMs: 1000, overdueMs: 1000 };
    const connection = new RedisConnection(commands, new Keys(newId(), 1), settings);
    expect(await connection.send('PING')).toBe('PONG');

    const ended = new Promise((resolve) => commands.once('end', resolve));
    const ready = new Promise((resolve) => commands.once('ready', resolve));
    commands.disconnect();
    await ended;
    await expect(connection.send('PING')).rejects.toThrow(UnavailableError);
    await ready;
    expect(await connection.send('PING')).toBe('PONG');

    await connection.close();
    await expect(connection.send('PING')).rejects.toThrow(UnavailableError);
  });
});
