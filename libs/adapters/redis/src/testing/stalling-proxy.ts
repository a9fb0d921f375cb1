import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

/** A TCP proxy before a Redis: it can go silent without closing anything, or cut all connections. */
export interface StallingProxy {
  readonly url: string;
  /** Connections that are open now pass nothing on any more; later ones do. */
  stall(): void;
  cut(): void;
  close(): Promise<void>;
}

export async function proxyTo(url: string): Promise<StallingProxy> {
  const { hostname, port } = new URL(url);
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    client.pipe(upstream);
    upstream.pipe(client);
    for (const socket of pair) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stall() {
      for (const [client, upstream] of pairs) {
        client.unpipe();
        upstream.unpipe();
        for (const socket of [client, upstream]) socket.pause();
      }
    },
    cut,
    async close() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
