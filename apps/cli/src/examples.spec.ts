import { describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';

import { buildProgram } from './program';

/** The program, its commands doing nothing; what it writes is collected. */
function idle(): { readonly program: Command; readonly written: string[] } {
  const written: string[] = [];
  const screen = { write: (text: string) => written.push(text), columns: 160 };
  const program = buildProgram(
    {
      out: screen,
      err: screen,
      env: {},
      signal: new AbortController().signal,
      readStdin: () => Promise.resolve(''),
    },
    () => undefined,
  );
  for (const { command } of commandsOf(program))
    if (command.commands.length === 0) command.action(() => undefined);
  return { program, written };
}

function commandsOf(command: Command, path = 'wfe'): { readonly path: string; readonly command: Command }[] {
  return [
    { path, command },
    ...command.commands.flatMap((each) => commandsOf(each, `${path} ${each.name()}`)),
  ];
}

/** The command lines under "Examples:", without what is said about them. */
function examplesOf(command: Command, written: string[]): string[] {
  written.length = 0;
  command.outputHelp();
  const [, examples = ''] = written.join('').split('\nExamples:\n');
  const lines = examples.split('\n').filter((line) => line.startsWith('  '));
  return lines.map((line) => line.trim().split(/ {2,}/)[0] ?? '');
}

/** Its words as a shell would see them; a pipe, or the end of a substitution, ends it. */
function wordsOf(line: string): string[] {
  const [, own = ''] = /\bwfe ([^|)]*)/.exec(line) ?? [];
  return (own.match(/'[^']*'|"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^(['"])(.*)\1$/, '$2'));
}

describe('the help of every command', () => {
  it.each(commandsOf(idle().program).map(({ path }) => path))('of %s has examples that it takes', (path) => {
    const { program, written } = idle();
    const { command } = commandsOf(program).find((each) => each.path === path) ?? { command: program };
    const examples = examplesOf(command, written);
    expect(examples.length).toBeGreaterThan(0);
    if (path !== 'wfe') expect(examples.length).toBeLessThanOrEqual(3);
    for (const example of examples) {
      expect(example).toContain(path);
      const fresh = idle();
      expect(() => fresh.program.parse(wordsOf(example), { from: 'user' })).not.toThrow();
    }
  });
});
