import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';

import { workspaceRoot } from '../app-process';

/** See `tools/services/stand.mjs`. */
export type ServiceCommand =
  'kill redis' | 'restart redis' | 'snapshot redis' | 'rollback redis' | 'kill postgres' | 'restart postgres';

/** A Redis and a PostgreSQL of their own, to be broken at will. */
export class Services {
  private constructor(
    readonly redisUrl: string,
    readonly databaseUrl: string,
    private readonly child: ChildProcess,
    private readonly answers: Interface,
  ) {}

  /** @throws with advice when there is no server to start */
  static async start(): Promise<Services> {
    const launcher = join(workspaceRoot, 'tools/services/stand.mjs');
    const child = spawn(process.execPath, [launcher], { stdio: ['pipe', 'pipe', 'inherit'] });
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

  /** Sends one command; the raw reply (Redis protocol specification). */
  redis(...command: readonly string[]): Promise<string> {
    const { hostname, port } = new URL(this.redisUrl);
    const packed = [command, ['QUIT']].map((parts) => {
      return [`*${parts.length}`, ...parts.flatMap((part) => [`$${Buffer.byteLength(part)}`, part]), ''].join(
        '\r\n',
      );
    });
    return new Promise((resolve, reject) => {
      let reply = '';
      const socket = connect(Number(port), hostname, () => socket.write(packed.join('')));
      socket.setEncoding('utf8').on('data', (chunk: string) => (reply += chunk));
      socket.once('error', reject);
      socket.once('close', () => resolve(reply));
    });
  }

  async stop(): Promise<void> {
    const closed = once(this.child, 'close');
    this.child.stdin?.end();
    await closed;
  }
}
