import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';

import { afterAll, describe, expect, it } from '@jest/globals';

import { Shell } from '../../testing/shell';

const shell = new Shell('http://127.0.0.1:1');
afterAll(() => shell.remove());

/** What bash offers for the last of these words. */
async function completions(...words: readonly string[]): Promise<readonly string[]> {
  const { out } = await shell.run(['completion', 'bash']);
  const list = words.map((word) => `'${word}'`).join(' ');
  const cwd = dirname(shell.file('order.json', '{}'));
  const program = `${out}\nCOMP_WORDS=(wfe ${list}); COMP_CWORD=${words.length}; _wfe; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', program], { cwd, encoding: 'utf8' }).trim().split('\n');
}

describe('completion', () => {
  it('knows commands, their subcommands and options', async () => {
    expect(await completions('va')).toEqual(['validate']);
    expect(await completions('re')).toEqual(expect.arrayContaining(['resume', 'results', 'rerun', 'retry']));
    expect(await completions('dlq', 're')).toEqual(['retry']);
    expect(await completions('dlq', 'retry', '--a')).toEqual(['--all']);
    expect(await completions('run', 'file.json', '--w')).toEqual(['--watch']);
    expect(await completions('run', '--in')).toEqual(['--input']);
    expect(await completions('run', 'or')).toEqual(['order.json']);
    expect(await completions('or')).toEqual(['']);
  });

  it('is there for fish and zsh', async () => {
    const fish = await shell.run(['completion', 'fish']);
    expect(fish.out).toContain("complete -c wfe -n '__fish_use_subcommand' -a validate\n");
    expect(fish.out).toContain(
      "complete -c wfe -n '__fish_seen_subcommand_from dlq; and __fish_seen_subcommand_from retry' -l all\n",
    );
    expect((await shell.run(['completion', 'zsh'])).out).toMatch(/^#compdef wfe\n/);
  });
});
