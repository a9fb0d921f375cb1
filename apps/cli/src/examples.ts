import type { Command } from 'commander';

/** A command line and, where it does not speak for itself, what it does. */
type Example = readonly [line: string, what?: string];

const examples: Readonly<Record<string, readonly Example[]>> = {
  wfe: [
    ['wfe dev', 'the engine on this machine, until Ctrl-C'],
    ['wfe validate payloads/*.json', 'check files, as a compiler would; needs no engine'],
    [`wfe run order.json --input '{"sku": "a-1"}' --watch`, 'start one and watch it'],
    ['wfe list --status failed --since 1h', 'what went wrong lately'],
    ['wfe logs ID --follow', 'what its tasks write'],
    ['wfe dlq retry --all', 'once the cause is mended'],
  ],
  'wfe dev': [
    ['wfe dev', 'on http://127.0.0.1:8000, its data in ./.data'],
    ['wfe dev --port 0 --data /tmp/try', 'on a free port, with data of its own'],
    ['wfe dev --demo', 'with what the example payloads call'],
  ],
  'wfe validate': [
    ['wfe validate order.json'],
    ['wfe validate payloads/*.json', 'all faults of all files'],
    ['wfe validate --remote order.json', 'with handlers of your own, which the engine knows'],
  ],
  'wfe graph': [
    ['wfe graph order.json', 'Mermaid, as Markdown shows it'],
    ['wfe graph order.json --format svg -o order.svg'],
    ['wfe graph --execution ID --format dot | dot -Tpng -o order.png', 'with the status of its nodes'],
  ],
  'wfe run': [
    ['wfe run order.json', 'prints the output when it has ended'],
    [`wfe run order.json --input '{"sku": "a-1"}' --watch`, 'shows how it goes'],
    ['wfe run order.json --input @input.json --detach', 'prints the id and leaves'],
  ],
  'wfe submit': [['wfe submit order.json', 'prints the id; wfe trigger ID starts it']],
  'wfe trigger': [['wfe trigger ID'], [`wfe trigger ID --input '{"sku": "a-1"}'`]],
  'wfe status': [['wfe status ID'], ['wfe status ID --watch', 'until it ends; then its output']],
  'wfe list': [
    ['wfe list --status failed cancelled --since 1h'],
    ['wfe list --name order --label team=sales --limit 100'],
    ['wfe list --status running --json', 'for programs'],
  ],
  'wfe results': [
    ['wfe results ID', 'the output of the execution'],
    ['wfe results ID --node charge', 'of one node'],
    ['wfe results ID --json', 'the outputs of all nodes'],
  ],
  'wfe logs': [
    ['wfe logs ID --follow', 'as they come'],
    ['wfe logs ID --node charge'],
    ['wfe logs ID --json | grep error', 'a JSON text per line'],
  ],
  'wfe cancel': [['wfe cancel ID --reason "wrong price"'], ['wfe cancel ID ID']],
  'wfe pause': [['wfe pause ID', 'wfe resume ID lets it go on']],
  'wfe resume': [['wfe resume ID']],
  'wfe retry': [['wfe retry ID'], ['wfe retry ID ID', 'several']],
  'wfe rerun': [['wfe rerun ID --from charge', 'charge again, and what depends on it']],
  'wfe dlq': [
    ['wfe dlq list', 'what failed for good'],
    ['wfe dlq retry --all', 'once the cause is mended'],
  ],
  'wfe dlq list': [['wfe dlq list'], ['wfe dlq list --limit 100 --json', 'for programs']],
  'wfe dlq show': [['wfe dlq show ID', 'an id of wfe dlq list']],
  'wfe dlq retry': [['wfe dlq retry ID'], ['wfe dlq retry --all', 'once the cause is mended']],
  'wfe dlq discard': [['wfe dlq discard ID']],
  'wfe completion': [
    ['source <(wfe completion bash)', 'in ~/.bashrc; zsh: the same with zsh, in ~/.zshrc'],
    ['wfe completion fish | source', 'in ~/.config/fish/config.fish'],
  ],
};

/** Puts the examples under the help of every command, and names that help where the command is used wrongly. */
export function explain(command: Command, parents: readonly string[] = []): void {
  const path = [...parents, command.name()];
  command.addHelpText('after', () => section(examples[path.join(' ')] ?? []));
  const what = command.commands.length > 0 ? 'all commands' : 'all options, with examples';
  command.showHelpAfterError(`(${path.join(' ')} --help tells ${what})`);
  for (const each of command.commands) explain(each, path);
}

function section(lines: readonly Example[]): string {
  const width = Math.max(...lines.map(([line]) => line.length));
  const rows = lines.map(([line, what = '']) => `  ${line.padEnd(width)}  ${what}`.trimEnd());
  return ['', 'Examples:', ...rows].join('\n');
}
