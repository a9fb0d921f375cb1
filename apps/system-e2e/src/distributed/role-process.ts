import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { type Exit, workspaceRoot } from '../engine-process';

/** Generous: the machine may be busy. */
const startTimeoutMs = 60_000;

const running = new Set<ChildProcess>();
// A test run that ends early must not leave processes behind.
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export type App = 'api' | 'orchestrator' | 'worker' | 'reaper';
export type Environment = Readonly<Record<string, string>>;

/** One process of the distributed engine, as it is deployed. */
export class RoleProcess {
  readonly exited: Promise<Exit>;
  private text = '';

  private constructor(
    readonly app: App,
    private readonly child: ChildProcess,
  ) {
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

  static spawn(app: App, env: Environment): RoleProcess {
    const entryPoint = join(workspaceRoot, 'apps', app, 'dist/main.js');
    const own = { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', LOG_LEVEL: 'warn' };
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    return new RoleProcess(
      app,
      spawn(process.execPath, [entryPoint], { stdio: [...stdio], env: { ...own, ...env } }),
    );
  }

  /** Standard output and error, so far. */
  get output(): string {
    return this.text;
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

  /** Where it listens, as soon as it does. @throws when it ends before that, with what it printed */
  async listening(): Promise<string> {
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
        const what = event === 'late' ? 'did not start in time' : 'ended';
        throw new Error(`the ${this.app} ${what}:\n${this.text}`);
      }
    }
  }

  /** The sum of a metric over its labels. */
  async metric(name: string): Promise<number> {
    const response = await fetch(`${await this.listening()}/metrics`);
    const lines = (await response.text()).split('\n');
    const samples = lines.filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
    return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }
}

/** For `afterAll`: whatever is left running. */
export async function killAllRoles(): Promise<void> {
  await Promise.all(
    Array.from(running, async (child) => {
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
    }),
  );
}
