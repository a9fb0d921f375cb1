import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What befalls a new connection with its first request. */
export type Mishap =
  /** The request arrives, its answer does not. */
  | 'answer lost'
  /** Cut before anything arrives. */
  | 'request lost'
  /** Nothing happens, for ever. */
  | 'no answer'
  /** Answered by somebody else. */
  | { readonly answer: string };

/** A bad line to a server: passes bytes on, until it is told to do worse. */
export class Line {
  /** That carried a request, mishaps included. */
  connections = 0;
  private readonly mishaps: Mishap[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {}

  static async to(url: string): Promise<Line> {
    const server = createServer();
    const line = new Line(server, new URL(url));
    server.on('connection', (socket) => line.accept(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return line;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  next(...mishaps: readonly Mishap[]): void {
    this.mishaps.push(...mishaps);
  }

  /** Breaks every connection there is. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private accept(socket: Socket): void {
    this.keep(socket);
    socket.once('data', (first: Uint8Array) => {
      this.connections++;
      const mishap = this.mishaps.shift();
      if (mishap === undefined) this.pass(socket, first);
      else if (mishap === 'request lost') socket.destroy();
      else if (mishap === 'answer lost') this.lose(socket, first);
      else if (mishap !== 'no answer') socket.end(mishap.answer);
    });
  }

  private pass(socket: Socket, first: Uint8Array): void {
    const server = this.reach(first);
    socket.pipe(server).pipe(socket);
    socket.on('close', () => server.destroy());
    server.on('close', () => socket.destroy());
  }

  /** Waits for the answer, so that it is certain that the request was served, and keeps it. */
  private lose(socket: Socket, first: Uint8Array): void {
    const server = this.reach(first);
    socket.on('data', (more: Uint8Array) => server.write(more));
    server.once('data', () => {
      socket.destroy();
      server.destroy();
    });
  }

  private reach(first: Uint8Array): Socket {
    const server = connect(Number(this.target.port), this.target.hostname);
    this.keep(server);
    server.write(first);
    return server;
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
  }
}

/** An HTTP answer as it goes over the line. */
export function answerOf(status: string, headers: Readonly<Record<string, string>>, body: string): string {
  const all = { ...headers, 'content-length': String(Buffer.byteLength(body)), connection: 'close' };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status}`, ...lines, '', body].join('\r\n');
}
