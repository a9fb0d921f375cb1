import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export const workspaceRoot = join(__dirname, '../../..');
const entryPoint = join(workspaceRoot, 'apps/standalone/dist/main.js');

/** Generous: a first start creates the database, and the machine may be busy. */
const startTimeoutMs = 60_000;

const running = new Set<ChildProcess>();
// A test run that ends early must not leave engines behind.
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export interface EngineOptions {
  readonly dataDir: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One run of the built standalone engine, as a process of its own. */
export class EngineProcess {
  readonly exited: Promise<Exit>;
  private text = '';

  private constructor(private readonly child: ChildProcess) {
    running.add(child);
    this.exited = once(child, 'close').then(([code, signal]) => {
      running.delete(child);
      return { code: code as number | null, signal: signal as NodeJS.Signals | null };
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        this.text += chunk;
        child.emit('output');
      });
    }
  }

  static spawn({ dataDir, env = {} }: EngineOptions): EngineProcess {
    const args = [entryPoint, '--port', '0', '--data', dataDir];
    const inherited = { PATH: process.env.PATH, HOME: process.env.HOME, LOG_LEVEL: 'warn' };
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    return new EngineProcess(
      spawn(process.execPath, args, { stdio: [...stdio], env: { ...inherited, ...env } }),
    );
  }

  /** Spawned and listening. @throws when it ends before that, with what it printed */
  static async start(options: EngineOptions): Promise<{ engine: EngineProcess; url: string }> {
    const engine = EngineProcess.spawn(options);
    return { engine, url: await engine.listening() };
  }

  /** Standard output and error, so far. */
  get output(): string {
    return this.text;
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  /** Ends it at once, wherever it is. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  /** Asks it to end. */
  terminate(): Promise<Exit> {
    this.child.kill('SIGTERM');
    return this.exited;
  }

  private async listening(): Promise<string> {
    const deadline = AbortSignal.timeout(startTimeoutMs);
    const over = this.exited.then(() => 'exited' as const);
    for (;;) {
      const url = /listens on (http:\S+)/.exec(this.text)?.[1];
      if (url !== undefined) return url;
      const event = await Promise.race([once(this.child, 'output', { signal: deadline }), over]).catch(
        () => 'late',
      );
      if (event === 'exited' || event === 'late') {
        await this.kill();
        throw new Error(`the engine ${event === 'late' ? 'did not start in time' : 'ended'}:\n${this.text}`);
      }
    }
  }
}

/** For `afterEach`: whatever a failed test left running. */
export async function killAllEngines(): Promise<void> {
  await Promise.all(
    Array.from(running, async (child) => {
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
    }),
  );
}
