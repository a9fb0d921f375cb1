import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What a request looked like when it arrived. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Route = (request: Received, response: ServerResponse) => void;

/** A real HTTP server on 127.0.0.1 for one test: routes by path, remembers what it received. */
export class LocalServer {
  readonly received: Received[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly waiting: (() => void)[] = [];

  private constructor(
    private readonly server: Server,
    private readonly routes: Readonly<Record<string, Route>>,
  ) {}

  static async start(routes: Readonly<Record<string, Route>>): Promise<LocalServer> {
    const server = createServer();
    const local = new LocalServer(server, routes);
    server.on('connection', (socket: Socket) => {
      local.sockets.add(socket);
      socket.on('close', () => local.sockets.delete(socket));
    });
    server.on('request', (request, response) => local.answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return local;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  url(path: string): string {
    return `http://${this.host}${path}`;
  }

  get openSockets(): number {
    return this.sockets.size;
  }

  /** Resolves when the next request has arrived. */
  nextRequest(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const received = { method, url, headers, body };
      this.received.push(received);
      for (const resolve of this.waiting.splice(0)) resolve();
      const route = this.routes[url.split('?')[0] ?? ''];
      if (route !== undefined) route(received, response);
      else response.writeHead(404).end('no such route');
    });
  }
}
