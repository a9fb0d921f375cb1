import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { Redis } from 'ioredis';

import { infoField } from '../connection/info-field';

/** Names a Sentinel that the Jest set-up has started, with a master and a replica; for one test file. */
export const sentinelUrl = process.env.TEST_REDIS_SENTINEL_URL ?? '';

const { host: sentinelAddress, pathname } = new URL(sentinelUrl.replace(/^redis\+sentinel/, 'redis'));
const masterName = pathname.slice(1);

/** A master and its replica, as the Sentinel sees them at the moment. */
export class Replication {
  private constructor(
    readonly master: RedisProcess,
    readonly replica: RedisProcess,
    private readonly sentinel: Redis,
  ) {}

  /** Waits until the replica has what the master has, and could take its place. */
  static async settled(): Promise<Replication> {
    const sentinel = new Redis(`redis://${sentinelAddress}`);
    const [host, port] = (await sentinel.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', masterName)) as [
      string,
      string,
    ];
    const master = await RedisProcess.at(host, Number(port));
    for (;;) {
      const info = await master.redis.info('replication');
      const online = /^slave0:ip=(.*?),port=(\d+),state=online/m.exec(info);
      const [known] = (await sentinel.call('SENTINEL', 'REPLICAS', masterName)) as string[][];
      if (online?.[1] !== undefined && known?.[known.indexOf('flags') + 1] === 'slave')
        return new Replication(master, await RedisProcess.at(online[1], Number(online[2])), sentinel);
      await sleep(20);
    }
  }

  /** From now on the replica gets nothing of what the master is told, until it is continued. */
  async cutOffReplica(): Promise<void> {
    this.replica.signal('SIGSTOP');
    await this.master.redis.call('CLIENT', 'KILL', 'TYPE', 'replica');
  }

  /** Resolves when the Sentinel has made the replica the master: how many bytes of what was written it never got. */
  async failover(cause: () => void): Promise<number> {
    await this.sentinel.subscribe('+switch-master');
    const switched = once(this.sentinel, 'message');
    const written = infoField(await this.master.redis.info('replication'), 'master_repl_offset');
    cause();
    await switched;
    const got = infoField(await this.replica.redis.info('replication'), 'second_repl_offset');
    return Number(written) - (Number(got) - 1);
  }

  close(): void {
    for (const redis of [this.sentinel, this.master.redis, this.replica.redis]) redis.disconnect();
  }
}

/** A server on this machine. */
export class RedisProcess {
  private constructor(
    readonly redis: Redis,
    private readonly pid: number,
  ) {}

  static async at(host: string, port: number): Promise<RedisProcess> {
    const redis = new Redis(port, host);
    redis.on('error', () => undefined);
    return new RedisProcess(redis, Number(infoField(await redis.info('server'), 'process_id')));
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }
}
