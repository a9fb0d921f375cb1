import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What becomes of that which is sent over a link. Nothing said: it arrives, at once. */
export interface Weather {
  /** How long everything is under way, one way. */
  readonly latencyMs?: number;
  /** How much of it is held up as by a lost packet, with all that follows, until it was sent again. */
  readonly loss?: number;
  /** Connections end, and no new ones come about. */
  readonly isCut?: boolean;
  /** Never arrives, and nobody is told: a connection that lost something stays silent when the weather is fine again. */
  readonly vanishing?: readonly Direction[];
}
export type Direction = 'commands' | 'replies';

/** When TCP sends again what was lost. */
const RETRANSMISSION_MS = 200;

/** A TCP proxy before a server: a network that can be slow, lossy, cut or half-open. */
export class Link {
  weather: Weather = {};
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private watched: { readonly text: string; readonly seen: () => void } | undefined;

  private constructor(private readonly target: URL) {
    this.server = createServer((client) => this.join(client, connect(Number(target.port), target.hostname)));
  }

  static async to(url: string): Promise<Link> {
    const link = new Link(new URL(url));
    link.server.listen(0, '127.0.0.1');
    await once(link.server, 'listening');
    return link;
  }

  /** Where the server is reached over this link. */
  get url(): string {
    const url = new URL(this.target.href);
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** No connection survives, and none comes about until the weather changes. */
  cut(): void {
    this.weather = { isCut: true };
    for (const socket of this.sockets) socket.destroy();
  }

  /** From the first command that contains `text`, nothing reaches the server. Resolves when that one was sent. */
  loseFrom(text: string): Promise<void> {
    return new Promise((resolve) => (this.watched = { text, seen: resolve }));
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket, server: Socket): void {
    const ways = [new Way(this, 'commands', client, server), new Way(this, 'replies', server, client)];
    if (this.weather.isCut === true) client.destroy();
    client.on('data', (chunk: Uint8Array) => {
      if (this.watched === undefined || !Buffer.from(chunk).includes(this.watched.text)) return;
      this.weather = { vanishing: ['commands'] };
      this.watched.seen();
      this.watched = undefined;
    });
    for (const way of ways) way.open();
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => this.sockets.delete(socket));
    }
  }
}

/** One way of a connection: in order, whatever holds it up. */
class Way {
  private sending: Promise<void> = Promise.resolve();
  private waiting = 0;
  private isSilent = false;

  constructor(
    private readonly link: Link,
    private readonly direction: Direction,
    private readonly from: Socket,
    private readonly to: Socket,
  ) {}

  open(): void {
    this.from.on('data', (chunk: Uint8Array) => this.take(chunk));
    // Of a connection that is half-open, the other side does not learn that it ended.
    this.from.on('close', () => {
      if (!this.isSilent) this.to.destroy();
    });
  }

  private take(chunk: Uint8Array): void {
    const { vanishing = [], latencyMs = 0, loss = 0 } = this.link.weather;
    if (vanishing.includes(this.direction)) this.isSilent = true;
    if (this.isSilent) return;
    const delayMs = latencyMs + (Math.random() < loss ? RETRANSMISSION_MS : 0);
    if (delayMs === 0 && this.waiting === 0) {
      this.to.write(chunk);
      return;
    }
    const due = performance.now() + delayMs;
    this.waiting += 1;
    this.sending = this.sending.then(async () => {
      const leftMs = due - performance.now();
      if (leftMs > 0) await sleep(leftMs);
      this.waiting -= 1;
      if (!this.to.destroyed) this.to.write(chunk);
    });
  }
}
