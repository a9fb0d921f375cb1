import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export const workspaceRoot = join(__dirname, '../../..');

/** Generous: a first start creates the database, and the machine may be busy. */
const startTimeoutMs = 120_000;

const running = new Set<ChildProcess>();
// A test run that ends early must not leave processes behind.
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export type Environment = Readonly<Record<string, string>>;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One run of a built app, as a process of its own. */
export class AppProcess {
  readonly exited: Promise<Exit>;
  private readonly child: ChildProcess;
  private text = '';

  protected constructor(
    readonly app: string,
    args: readonly string[],
    env: Environment,
    entryPoint = join(workspaceRoot, 'apps', app, 'dist/main.js'),
  ) {
    const inherited = { PATH: process.env.PATH, HOME: process.env.HOME, LOG_LEVEL: 'warn' };
    const child = spawn(process.execPath, [entryPoint, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...inherited, ...env },
    });
    this.child = child;
    running.add(child);
    this.exited = once(child, 'close').then(([code, signal]) => {
      running.delete(child);
      return { code: code as number | null, signal: signal as NodeJS.Signals | null };
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        this.text += chunk;
        child.emit('output');
      });
    }
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

  /** Stops it where it is, until `resume`; it does not notice. */
  pause(): void {
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Asks it to end. */
  terminate(): Promise<Exit> {
    this.child.kill('SIGTERM');
    return this.exited;
  }

  /** Where it listens. @throws when it does not yet */
  get url(): string {
    const url = this.announcedUrl();
    if (url === undefined) throw new Error(`the ${this.app} does not listen yet`);
    return url;
  }

  /** Where it listens, as soon as it does. @throws when it ends before that, with what it printed */
  async listening(): Promise<string> {
    const deadline = AbortSignal.timeout(startTimeoutMs);
    const over = this.exited.then(() => 'exited' as const);
    for (;;) {
      const url = this.announcedUrl();
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
    const response = await fetch(`${this.url}/metrics`);
    const lines = (await response.text()).split('\n');
    const samples = lines.filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
    return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  private announcedUrl(): string | undefined {
    return /listens on (http:\S+:\d+)/.exec(this.text)?.[1];
  }
}

/** For `afterEach` and `afterAll`: whatever a test left running. */
export async function killAllProcesses(): Promise<void> {
  await Promise.all(
    Array.from(running, async (child) => {
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
    }),
  );
}
