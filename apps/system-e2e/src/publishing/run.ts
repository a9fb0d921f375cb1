import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * Runs a command in a folder as a person there would: without what Nx, npm and Jest tell the processes they start.
 * @returns its standard output; throws with all it printed when it fails
 */
export async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(nx_|npm_|jest_|node_)/i.test(name));
  const env = { ...Object.fromEntries(inherited), CI: 'true', NX_DAEMON: 'false', NX_TUI: 'false' };
  try {
    const { stdout } = await execute(command, args, {
      cwd,
      env,
      timeout: 150_000,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}\n${stderr}`, { cause: error });
  }
}
