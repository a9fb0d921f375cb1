import { spawnSync } from 'node:child_process';
import { cpus, release, totalmem, type } from 'node:os';

/** What a reader has to know about where the figures are from. */
export function describeMachine() {
  const [cpu] = cpus();
  return {
    cpu: `${cpus().length} x ${cpu?.model.trim() ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 1024 ** 3)} GB`,
    system: `${type()} ${release().split('.', 2).join('.')}`,
  };
}

/** What was measured. @returns {string | undefined} undefined when there is no Git to tell */
export function currentCommit() {
  const { status, stdout } = spawnSync('git', ['rev-parse', '--short', 'HEAD'], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : undefined;
}
