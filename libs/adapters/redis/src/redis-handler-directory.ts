import type { HandlerDescription } from '@workflow-engine/execution';

import type { RedisConnection } from './connection/redis-connection';

export interface HandlerAnnouncement {
  readonly handlers: readonly HandlerDescription[];
  readonly queues: readonly string[];
  /** When this worker started, in epoch milliseconds: of two descriptions of a handler the newer one counts. */
  readonly since: number;
}

/** How long a handler is known after the last worker that offers it was heard of: longer than a deployment takes. */
const REMEMBERED_MS = 3_600_000;

/** Which task handlers the workers of a deployment offer, in which queues. */
export class RedisHandlerDirectory {
  constructor(
    private readonly connection: RedisConnection,
    private readonly rememberedMs = REMEMBERED_MS,
  ) {}

  /** To be repeated: announcements lapse, and are lost with everything else in Redis. */
  async announce({ handlers, queues, since }: HandlerAnnouncement): Promise<void> {
    const args = handlers.flatMap(({ name, configSchema, outputSchema }) => {
      const description = JSON.stringify({ configSchema, outputSchema });
      return queues.flatMap((queue) => [`${queue}/${name}`, description]);
    });
    await this.exchange(since, args);
  }

  /** Every handler that is offered, once, with the queues where it is. */
  async known(): Promise<readonly HandlerDescription[]> {
    const found = new Map<string, Announced>();
    for (const announced of announcedIn(await this.exchange(0, []))) {
      const other = found.get(announced.handler.name) ?? announced;
      const newest = announced.since >= other.since ? announced : other;
      const queues = new Set([...other.queues, ...announced.queues]);
      found.set(announced.handler.name, { ...newest, queues: [...queues].sort() });
    }
    return Array.from(found.values(), ({ handler, queues }) => ({ ...handler, queues }));
  }

  private async exchange(since: number, args: readonly string[]): Promise<readonly string[]> {
    const { handlers } = this.connection.keys;
    const reply = await this.connection.run('announce', [handlers], [this.rememberedMs, since, ...args]);
    return reply as readonly string[];
  }
}

interface Announced {
  readonly handler: HandlerDescription;
  readonly queues: readonly string[];
  readonly since: number;
}

/** What cannot be read is left out, and lapses. */
function* announcedIn(reply: readonly string[]): Generator<Announced> {
  for (let index = 0; index < reply.length; index += 2) {
    const [, queue, name] = /^([^/]+)\/(.+)$/s.exec(reply[index] ?? '') ?? [];
    const [, since, text] = /^(\d+):\d+:(.*)$/s.exec(reply[index + 1] ?? '') ?? [];
    const description = descriptionOf(text ?? '');
    if (queue === undefined || name === undefined || description === undefined) continue;
    yield { handler: { ...description, name }, queues: [queue], since: Number(since) };
  }
}

function descriptionOf(text: string): Omit<HandlerDescription, 'name'> | undefined {
  try {
    const description: unknown = JSON.parse(text);
    return typeof description === 'object' && description !== null ? description : undefined;
  } catch {
    return undefined;
  }
}
