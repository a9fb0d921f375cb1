import type { AddressInfo, Server } from 'node:net';

/** Where a server that was told to listen on `host` can be reached, e.g. `http://127.0.0.1:8001`. */
export function listeningUrl(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
