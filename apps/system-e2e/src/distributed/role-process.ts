import { AppProcess, type Environment } from '../app-process';

export type App = 'api' | 'orchestrator' | 'worker' | 'reaper';

/** One process of the distributed engine, as it is deployed. */
export class RoleProcess extends AppProcess {
  static spawn(app: App, env: Environment): RoleProcess {
    return new RoleProcess(app, [], { PORT: '0', ...env });
  }

  /** A worker that somebody wrote. */
  static spawnProgram(entryPoint: string, env: Environment): RoleProcess {
    return new RoleProcess('worker', [], { PORT: '0', ...env }, entryPoint);
  }

  /** The sum of a metric over its labels. */
  async metric(name: string): Promise<number> {
    const response = await fetch(`${this.url}/metrics`);
    const lines = (await response.text()).split('\n');
    const samples = lines.filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
    return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  /** The HTTP status of `/health/ready`. */
  async readiness(): Promise<number> {
    const { status } = await fetch(`${this.url}/health/ready`);
    return status;
  }
}
