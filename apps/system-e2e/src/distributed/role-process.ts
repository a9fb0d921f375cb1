import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { AppProcess, type Environment } from '../app-process';
import { temporaryFolder } from '../temporary-folder';
import type { Network } from './network';

export type App = 'api' | 'orchestrator' | 'worker' | 'reaper';
export const APPS: readonly App[] = ['api', 'orchestrator', 'worker', 'reaper'];

/** One process of the distributed engine, as it is deployed. */
export class RoleProcess extends AppProcess {
  /** What it reaches its services by, when that can be disturbed. */
  network: Network | undefined;

  private constructor(
    override readonly app: App,
    private readonly env: Environment,
    entryPoint?: string,
  ) {
    super(app, [], { PORT: '0', ...env }, entryPoint);
  }

  static spawn(app: App, env: Environment): RoleProcess {
    return new RoleProcess(app, env);
  }

  /** A worker that somebody wrote. */
  static spawnProgram(entryPoint: string, env: Environment): RoleProcess {
    return new RoleProcess('worker', env, entryPoint);
  }

  /** The setting of processes whose clocks are to be set wrong. */
  static shiftableClock(): Environment {
    const preload = join(__dirname, 'shifted-clock.cjs');
    return { NODE_OPTIONS: `--require ${preload}`, SHIFTED_CLOCKS: temporaryFolder('clocks') };
  }

  /** Its wall clock is so much ahead of the time, or behind it when negative. */
  shiftClock(shiftMs: number): void {
    const folder = this.env.SHIFTED_CLOCKS;
    if (folder === undefined) throw new Error(`the clock of the ${this.app} cannot be set`);
    writeFileSync(join(folder, String(this.pid)), String(shiftMs));
    this.signal('SIGUSR2');
  }

  /** The HTTP status of `/health/ready`. */
  async readiness(): Promise<number> {
    const { status } = await fetch(`${this.url}/health/ready`);
    return status;
  }
}
