import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { workspaceRoot } from '../app-process';

/** A Redis and a PostgreSQL of their own. */
export class Services {
  private constructor(
    readonly redisUrl: string,
    readonly databaseUrl: string,
    private readonly child: ChildProcess,
  ) {}

  /** @throws with advice when there is no server to start */
  static async start(): Promise<Services> {
    const launcher = join(workspaceRoot, 'tools/services/stand.mjs');
    const child = spawn(process.execPath, [launcher], { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = once(child, 'close').then(() => {
      throw new Error('the services did not start');
    });
    const line = once(createInterface({ input: child.stdout }), 'line');
    const [text] = (await Promise.race([line, ended])) as [string];
    ended.catch(() => undefined);
    const { redisUrl, databaseUrl } = JSON.parse(text) as { redisUrl: string; databaseUrl: string };
    return new Services(redisUrl, databaseUrl, child);
  }

  /** Sends one command without blanks in its arguments; the raw reply (Redis protocol specification). */
  redis(command: string): Promise<string> {
    const { hostname, port } = new URL(this.redisUrl);
    return new Promise((resolve, reject) => {
      let reply = '';
      const socket = connect(Number(port), hostname, () => socket.write(`${command}\r\nQUIT\r\n`));
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
