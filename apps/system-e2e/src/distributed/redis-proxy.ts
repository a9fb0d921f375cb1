import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy before a Redis, that can keep back what is sent to it. */
export class RedisProxy {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private held: { readonly text: string; readonly seen: () => void } | undefined;
  private holding = false;

  private constructor(redisUrl: string) {
    const { hostname, port } = new URL(redisUrl);
    this.server = createServer((client) => this.join(client, connect(Number(port), hostname)));
  }

  static async start(redisUrl: string): Promise<RedisProxy> {
    const proxy = new RedisProxy(redisUrl);
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** From the first command that contains `text`, nothing reaches Redis any more. Resolves when that one was sent. */
  holdFrom(text: string): Promise<void> {
    return new Promise((resolve) => (this.held = { text, seen: resolve }));
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket, redis: Socket): void {
    redis.pipe(client);
    client.on('data', (chunk: Uint8Array) => {
      if (!this.holding && this.held !== undefined && Buffer.from(chunk).includes(this.held.text)) {
        this.holding = true;
        this.held.seen();
      }
      if (!this.holding) redis.write(chunk);
    });
    for (const socket of [client, redis]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        client.destroy();
        redis.destroy();
      });
    }
  }
}
