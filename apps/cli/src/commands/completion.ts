import type { Command } from 'commander';

interface Known {
  /** The words behind `wfe`; empty for itself. */
  readonly path: string;
  readonly words: readonly string[];
}

/** What may follow each command: its subcommands and options. */
function knownWords(program: Command): readonly Known[] {
  const walk = (command: Command, path: readonly string[]): readonly Known[] => [
    {
      path: path.join(' '),
      words: [
        ...command.commands.map((each) => each.name()),
        ...[...command.options, ...(path.length === 0 ? [] : program.options)].flatMap(
          ({ long }) => long ?? [],
        ),
        '--help',
      ],
    },
    ...command.commands.flatMap((each) => walk(each, [...path, each.name()])),
  ];
  return walk(program, []);
}

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export function completionScript(program: Command, shell: (typeof SHELLS)[number]): string {
  const known = knownWords(program);
  return shell === 'fish'
    ? fish(known)
    : shell === 'zsh'
      ? `#compdef wfe\nautoload -U bashcompinit && bashcompinit\n${bash(known)}`
      : bash(known);
}

/** Zsh runs it as well, through bashcompinit. */
function bash(known: readonly Known[]): string {
  const cases = known.map(({ path, words }) => `    "${path}") words="${words.join(' ')}" ;;`);
  return `_wfe() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" word words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) [ -z "$path" ] && path="$word" || path="$path $word" ;; esac
  done
  case "$path" in
    "dlq "*) path="\${path%% *} $(echo "$path" | cut -d' ' -f2)" ;;
    *) path="\${path%% *}" ;;
  esac
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  case "$path $current" in
    *" -"*) ;;
    validate*|graph*|run*|submit*) COMPREPLY+=($(compgen -f -- "$current")) ;;
  esac
}
complete -F _wfe wfe
`;
}

function fish(known: readonly Known[]): string {
  const lines = known.flatMap(({ path, words }) => {
    const seen = path.split(' ').filter((word) => word !== '');
    const condition =
      seen.length === 0
        ? '__fish_use_subcommand'
        : seen.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
    return words.map((word) =>
      word.startsWith('--')
        ? `complete -c wfe -n '${condition}' -l ${word.slice(2)}`
        : `complete -c wfe -n '${condition}' -a ${word}`,
    );
  });
  return `${lines.join('\n')}\n`;
}
