import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

import { describe, expect, it } from '@jest/globals';

import { stand } from '../testing/stand';

/** The installed command as a process: what `npx wfe` runs. The build has to be there. */
const command = join(__dirname, '../bin/wfe.mjs');
const cli = stand();

function start(program: string, args: readonly string[]): ChildProcess & { output: string } {
  const env = { ...process.env, WFE_URL: cli.engine.url, NO_COLOR: '', FORCE_COLOR: '', TERM: 'xterm' };
  delete (env as Record<string, string | undefined>).FORCE_COLOR;
  const child = Object.assign(spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] }), {
    output: '',
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (child.output += text));
  }
  return child;
}

async function ended(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}

const gate = (id: string) =>
  cli.shell.file(`${id}.json`, { name: id, dag: { nodes: [{ id, handler: 'gate' }] } });

describe('the command', () => {
  it('ends with the code of its answer', async () => {
    expect(await ended(start(process.execPath, [command, 'validate', gate('unknown')]))).toBe(1);
    expect(await ended(start(process.execPath, [command, 'status', 'nobody']))).toBe(2);
    expect(await ended(start(process.execPath, [command, 'list']))).toBe(0);
    const noEngine = start(process.execPath, [command, 'dev', '--port', 'none']);
    expect(await ended(noEngine)).toBe(2);
    expect(noEngine.output).toContain('PORT must be');
    const noFolder = start(process.execPath, [command, 'dev', '--data', cli.shell.file('data', '')]);
    expect(await ended(noFolder)).toBe(2);
    expect(noFolder.output).toContain('Name a folder');
  }, 60_000);

  it('leaves an execution alone on Ctrl-C, and says how to go on', async () => {
    const child = start(process.execPath, [command, 'run', gate('interrupted'), '--watch']);
    child.stderr?.on('data', () => {
      if (child.output.includes('● RUNNING interrupted')) child.kill('SIGINT');
    });
    expect(await ended(child)).toBe(130);
    expect(child.output).toMatch(/wfe status \S+ --watch/);
  }, 60_000);
});

describe('in a pseudo-terminal', () => {
  const hasScript = (() => {
    try {
      return execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux');
    } catch {
      return false;
    }
  })();

  (hasScript ? it : it.skip)(
    'draws a live tree in colour, in place, and leaves the terminal as it was',
    async () => {
      const line = `stty cols 80 rows 20 && '${process.execPath}' '${command}' run '${gate('drawn')}' --watch`;
      const child = start('script', ['-qec', line, '/dev/null']);
      child.stdout?.on('data', () => {
        if (/● .*drawn.*RUNNING/.test(stripVTControlCharacters(child.output)))
          cli.engine.handlers.release('drawn');
      });
      expect(await ended(child)).toBe(0);
      const { output } = child;
      expect(output).toContain('\u001b[32m✓');
      const pictures = output.split('A\r');
      expect(pictures.length).toBeGreaterThan(1);
      const last = stripVTControlCharacters(pictures.at(-1) ?? '');
      expect(last).toMatch(/^✓ COMPLETED drawn /);
      expect(last).toContain('1/1 100 %');
      expect(last).toContain('"passed": true');
      expect(output.lastIndexOf('\u001b[?25h')).toBeGreaterThan(output.lastIndexOf('\u001b[?25l'));
    },
    60_000,
  );
});
