import { execFileSync, spawnSync } from 'node:child_process';
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

function has(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0;
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

  it('knows what a place takes, and offers nothing else there', async () => {
    expect(await completions('graph', '--format', '')).toEqual(['mermaid', 'dot', 'svg']);
    expect(await completions('graph', '-f', 's')).toEqual(['svg']);
    expect(await completions('graph', '--format', '=', 'd')).toEqual(['dot']);
    expect(await completions('list', '--status', 'f')).toEqual(['failed']);
    expect(await completions('list', '--status', 'failed', 'c')).toEqual(['completed', 'cancelled']);
    expect(await completions('list', '--status', 'failed', '--n')).toEqual(['--name']);
    expect(await completions('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(await completions('graph', '--output', 'or')).toEqual(['order.json']);
    expect(await completions('run', '--input', '')).toEqual(['']);
    expect(await completions('logs', 'ID', '--follow', '')).toContain('--node');
  });

  it('takes the value of an option for no command', async () => {
    expect(await completions('--url', 'dlq', 'va')).toEqual(['validate']);
    expect(await completions('list', '--name', 'dlq', '--st')).toEqual(['--status']);
  });

  (has('fish') ? it : it.skip)('does so in fish', async () => {
    const { out } = await shell.run(['completion', 'fish']);
    const offered = (line: string) =>
      execFileSync('fish', ['-c', `${out}\ncomplete -C '${line}'`], { encoding: 'utf8' })
        .trim()
        .split('\n')
        .map((each) => each.split('\t')[0]);
    expect(offered('wfe va')).toEqual(['validate']);
    expect(offered('wfe dlq ')).toEqual(['discard', 'list', 'retry', 'show']);
    expect(offered('wfe dlq list --l')).toEqual(['--limit']);
    expect(offered('wfe graph --format ')).toEqual(['dot', 'mermaid', 'svg']);
    expect(offered('wfe list -s f')).toEqual(['failed']);
    expect(offered('wfe completion ')).toEqual(['bash', 'fish', 'zsh']);
  });

  it('is there for fish and zsh', async () => {
    const fish = await shell.run(['completion', 'fish']);
    expect(fish.out).toContain("complete -c wfe -n '__fish_use_subcommand' -a validate -d ");
    expect(fish.out).toMatch(
      /__fish_seen_subcommand_from list[^\n]* -l status -s s [^\n]* -a 'pending running /,
    );
    expect((await shell.run(['completion', 'zsh'])).out).toMatch(/^#compdef wfe\n/);
  });

  (has('zsh') ? it : it.skip)('runs in zsh', async () => {
    const { out } = await shell.run(['completion', 'zsh']);
    const line =
      'COMP_WORDS=(wfe --url x graph --format ""); COMP_CWORD=5; emulate ksh -c _wfe; print -r -- $COMPREPLY';
    expect(execFileSync('zsh', ['-f', '-c', `${out}\n${line}`], { encoding: 'utf8' })).toContain('svg');
  });
});
