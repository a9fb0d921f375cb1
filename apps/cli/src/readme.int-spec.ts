import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from '@jest/globals';

import { stand } from '../testing/stand';

const cli = stand();
const readme = readFileSync(join(__dirname, '../../../README.md'), 'utf8');

/** The workflow that the README's tour writes to a file. */
const [, greeting = ''] = /cat > greeting\.json <<'END'\n([^]*?)END\n/.exec(readme) ?? [];
/** The lines with `wfe` in its section about the command line, in order. */
const [, block = ''] = /## The command line[^]*?```sh\n([^]*?)```/.exec(readme) ?? [];
const lines = block
  .split('\n')
  .flatMap((line) => /^(?:source <\()?(wfe [^#)]*)/.exec(line)?.[1]?.trim() ?? []);

/** The arguments as a shell would see them. */
function words(line: string, names: Readonly<Record<string, string>>): string[] {
  const found = line.match(/'[^']*'|\S+/g) ?? [];
  return found.slice(1).map((word) => names[word] ?? word.replace(/^'(.*)'$/, '$1'));
}

function idOf(results: string): string {
  return (JSON.parse(results) as { readonly execution_id: string }).execution_id;
}

it('the commands of the README do what it says, in its order', async () => {
  const file = cli.shell.file('greeting.json', greeting);
  const names = {
    'greeting.json': file,
    'greeting.svg': cli.shell.file('greeting.svg', ''),
    $ID: idOf((await cli.shell.run(['run', file, '--json'])).out),
  };
  expect(lines.length).toBeGreaterThan(5);
  for (const line of lines) {
    const { code, err } = await cli.shell.run(words(line, names));
    expect([line, code, code === 0 ? '' : err]).toEqual([line, 0, '']);
  }
  expect(readFileSync(names['greeting.svg'], 'utf8')).toContain('<svg');
});

it('a fault looks as the README shows it', async () => {
  const [shown = ''] = /^greeting\.json:5:[^]*?(?=```)/m.exec(readme) ?? [];
  const file = cli.shell.file('greeting.json', greeting.replace('"transform"', '"transfrom"'));
  const { code, err } = await cli.shell.run(['validate', file]);
  expect([code, err.replaceAll(file, 'greeting.json')]).toEqual([1, `${shown}\n1 fault in greeting.json.\n`]);
});
