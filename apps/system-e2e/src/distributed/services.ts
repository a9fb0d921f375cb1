import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';

import { workspaceRoot } from '../app-process';

/** See `tools/services/stand.mjs`. */
export type ServiceCommand =
  | 'kill redis'
  | 'restart redis'
  | 'snapshot redis'
  | 'rollback redis'
  | 'fill disk of redis'
  | 'free disk of redis'
  | 'fail redis over'
  | 'kill postgres'
  | 'restart postgres';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A Redis and a PostgreSQL of their own, to be broken at will. */
export class Services {
  private constructor(
    readonly redisUrl: string,
    readonly databaseUrl: string,
    private readonly child: ChildProcess,
    private readonly answers: Interface,
  ) {}

  /** `replicated`: Redis is a master with a replica and a Sentinel. @throws with advice when there is no server to start */
  static async start({ replicated = false } = {}): Promise<Services> {
    const launcher = join(workspaceRoot, 'tools/services/stand.mjs');
    const args = [launcher, ...(replicated ? ['--replicated'] : [])];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = once(child, 'close').then(() => {
      throw new Error('the services did not start');
    });
    const answers = createInterface({ input: child.stdout });
    const [text] = (await Promise.race([once(answers, 'line'), ended])) as [string];
    ended.catch(() => undefined);
    const { redisUrl, databaseUrl } = JSON.parse(text) as { redisUrl: string; databaseUrl: string };
    return new Services(redisUrl, databaseUrl, child, answers);
  }

  /** One at a time. Resolves when it is done. */
  async command(command: ServiceCommand): Promise<void> {
    const answer = once(this.answers, 'line');
    this.child.stdin?.write(`${command}\n`);
    const [text] = (await answer) as [string];
    const { error } = JSON.parse(text) as { error?: string };
    if (error !== undefined) throw new Error(`"${command}" failed: ${error}`);
  }

  /** Sends one command to the Redis that is the master; the raw reply (Redis protocol specification). @throws what it refuses */
  async redis(...command: readonly string[]): Promise<string> {
    const address = await this.redisAddress();
    const reply = await exchange(address, (socket) => socket.write(packed(command) + packed(['QUIT'])));
    if (reply.startsWith('-')) throw new Error(`Redis refuses ${command.join(' ')}: ${reply}`);
    return reply;
  }

  async redisAddress(): Promise<Address> {
    const { protocol, hostname: host, port, pathname } = new URL(this.redisUrl);
    const address = { host, port: Number(port) };
    if (protocol === 'redis:') return address;
    // A Sentinel knows no QUIT.
    const question = packed(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', pathname.slice(1)]);
    const reply = await exchange(address, (socket) => socket.end(question));
    const [, , master = '', , masterPort] = reply.split('\r\n');
    return { host: master, port: Number(masterPort) };
  }

  async stop(): Promise<void> {
    const closed = once(this.child, 'close');
    this.child.stdin?.end();
    await closed;
  }
}

/** A command as it goes over the wire. */
export function packed(command: readonly string[]): string {
  const parts = command.flatMap((part) => [`$${Buffer.byteLength(part)}`, part]);
  return [`*${command.length}`, ...parts, ''].join('\r\n');
}

/** Everything that the server says until it hangs up. */
function exchange({ host, port }: Address, speak: (socket: Socket) => unknown): Promise<string> {
  return new Promise((resolve, reject) => {
    let reply = '';
    const socket = connect(port, host, () => speak(socket));
    socket.setEncoding('utf8').on('data', (chunk: string) => (reply += chunk));
    socket.once('error', reject);
    socket.once('close', () => resolve(reply));
  });
}
