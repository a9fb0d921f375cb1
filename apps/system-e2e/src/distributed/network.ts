import type { Environment } from '../app-process';
import { Link, type Weather } from './link';
import type { Services } from './services';

/** What one process reaches Redis and Postgres by. */
export class Network {
  private constructor(
    readonly redis: Link,
    readonly postgres: Link,
  ) {}

  static async of({ redisUrl, databaseUrl }: Services): Promise<Network> {
    const [redis, postgres] = await Promise.all([Link.to(redisUrl), Link.to(databaseUrl)]);
    return new Network(redis, postgres);
  }

  get env(): Environment {
    return { REDIS_URL: this.redis.url, DATABASE_URL: this.postgres.url };
  }

  set weather(weather: Weather) {
    this.redis.weather = weather;
    this.postgres.weather = weather;
  }

  cut(): void {
    this.redis.cut();
    this.postgres.cut();
  }

  async close(): Promise<void> {
    await Promise.all([this.redis.close(), this.postgres.close()]);
  }
}
