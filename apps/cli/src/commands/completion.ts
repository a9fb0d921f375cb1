import type { Argument, Command, Option } from 'commander';

/** What may stand at a place of the command line: words of a closed set, files, or what nobody can know. */
type Values = { readonly words: readonly string[] } | 'files' | 'anything';

interface KnownOption {
  /** Its spellings, as `--format` and `-f`. */
  readonly flags: readonly string[];
  readonly about: string;
  /** Undefined: it takes no value. */
  readonly values?: Values;
  /** It takes all values up to the next option. */
  readonly isVariadic: boolean;
}

interface KnownCommand {
  /** The words behind `wfe`; empty for itself. */
  readonly path: string;
  readonly about: string;
  readonly subcommands: readonly string[];
  readonly options: readonly KnownOption[];
  readonly operands: Values;
}

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export function completionScript(program: Command, shell: (typeof SHELLS)[number]): string {
  const known = knownCommands(program);
  if (shell === 'fish') return fish(known);
  return shell === 'zsh'
    ? `#compdef wfe\nautoload -U +X compinit bashcompinit\n(( $+functions[compdef] )) || compinit\nbashcompinit\n${bash(known)}`
    : bash(known);
}

function knownCommands(program: Command): readonly KnownCommand[] {
  const walk = (command: Command, path: readonly string[]): readonly KnownCommand[] => [
    {
      path: path.join(' '),
      about: command.description(),
      subcommands: command.commands.map((each) => each.name()),
      options: [
        ...[...command.options, ...(path.length === 0 ? [] : program.options)].map(knownOption),
        { flags: ['--help', '-h'], about: 'display help for command', isVariadic: false },
      ],
      operands: valuesOf(command.registeredArguments[0]?.name(), command.registeredArguments[0]),
    },
    ...command.commands.flatMap((each) => walk(each, [...path, each.name()])),
  ];
  return walk(program, []);
}

function knownOption(option: Option): KnownOption {
  return {
    flags: [option.long, option.short].filter((flag) => flag !== undefined),
    about: option.description,
    ...(option.required && { values: valuesOf(/<(\w+)/.exec(option.flags)?.[1], option) }),
    isVariadic: option.variadic,
  };
}

/** What is called a file or a folder in the help is one. */
function valuesOf(placeholder: string | undefined, { argChoices }: Partial<Argument | Option> = {}): Values {
  if (argChoices !== undefined) return { words: argChoices };
  return ['file', 'files', 'folder'].includes(placeholder ?? '') ? 'files' : 'anything';
}

/**
 * Zsh runs it as well, through bashcompinit. Bash splits `--option=value` at the sign, zsh does not. What a place
 * wants are words, `(files)` or `(anything)`; nothing at all where an option takes no value.
 */
function bash(known: readonly KnownCommand[]): string {
  const values = known.flatMap(({ path, options }) =>
    options.flatMap(({ flags, values: wanted, isVariadic }) =>
      wanted === undefined
        ? []
        : [`    ${patterns(path, flags)}) wants="${inBash(wanted)}"; many=${isVariadic ? 'yes' : ''} ;;`],
    ),
  );
  const operands = known.map(
    ({ path, subcommands, operands: wanted }) =>
      `    "${path}") wants="${subcommands.length > 0 ? subcommands.join(' ') : inBash(wanted)}" ;;`,
  );
  const options = known.map(
    ({ path, options: each }) =>
      `    "${path}") words="${each.flatMap(({ flags }) => flags[0] ?? []).join(' ')}" ;;`,
  );
  const commands = known.flatMap(({ path }) => (path === '' ? [] : [`"${path}"`]));
  return `_wfe_option() {
  wants="" many=""
  case "$1 $2" in
${values.join('\n')}
  esac
}
_wfe() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" wants="" many="" prefix="" words="" word
  for word in "\${COMP_WORDS[@]:1:$((COMP_CWORD - 1))}"; do
    case "$word" in
      =) continue ;;
      -*=*) wants="" ; continue ;;
      -*) _wfe_option "$path" "$word"; continue ;;
    esac
    if [ -n "$wants" ]; then
      [ -n "$many" ] || wants=""
      continue
    fi
    case "\${path:+$path }$word" in
      ${commands.join('|')}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$current" in
    =) current="" ;;
    -*=*) prefix="\${current%%=*}="; _wfe_option "$path" "\${current%%=*}"; current="\${current#*=}" ;;
    -*) [ -n "$many" ] && wants="" ;;
  esac
  case "$path" in
${options.join('\n')}
  esac
  if [ -z "$wants" ] && [ "\${current#-}" = "$current" ]; then
    case "$path" in
${operands.join('\n')}
    esac
    [ "$wants" = "(anything)" ] && wants=""
  fi
  COMPREPLY=()
  case "$wants" in
    "(anything)") ;;
    "(files)")
      local IFS=$'\\n'
      compopt -o filenames 2>/dev/null
      COMPREPLY=($(compgen -f -- "$current")) ;;
    *) COMPREPLY=($(compgen -W "\${wants:-$words}" -- "$current")) ;;
  esac
  [ -z "$prefix" ] || COMPREPLY=("\${COMPREPLY[@]/#/$prefix}")
}
complete -F _wfe wfe
`;
}

function patterns(path: string, flags: readonly string[]): string {
  return flags.map((flag) => `"${path} ${flag}"`).join('|');
}

function inBash(values: Values): string {
  return typeof values === 'string' ? `(${values})` : values.words.join(' ');
}

function fish(known: readonly KnownCommand[]): string {
  const about = new Map(known.map((each) => [each.path, each.about]));
  const lines = known.flatMap(({ path, subcommands, options, operands }) => {
    const here = `complete -c wfe -n '${fishCondition(path, subcommands)}'`;
    const anywhere = `complete -c wfe -n '${fishCondition(path, [])}'`;
    return [
      ...subcommands.map((each) => {
        const what = about.get(path === '' ? each : `${path} ${each}`) ?? '';
        return `${here} -a ${each} -d ${fishText(what)}`;
      }),
      ...(operands === 'anything' ? [] : [`${here} ${inFish(operands)}`]),
      ...options.map(
        ({ flags, about: what, values }) =>
          `${anywhere} ${flags.map(fishFlag).join(' ')} -d ${fishText(what)}${values === undefined ? '' : ` -r ${inFish(values)}`}`,
      ),
    ];
  });
  return `complete -c wfe -f\n${lines.join('\n')}\n`;
}

/** At this command and at none of its subcommands. */
function fishCondition(path: string, subcommands: readonly string[]): string {
  const seen = path.split(' ').filter((word) => word !== '');
  if (seen.length === 0) return '__fish_use_subcommand';
  return [
    ...seen.map((word) => `__fish_seen_subcommand_from ${word}`),
    // "dlq list" is another one than "list".
    ...(seen.length === 1 && seen[0] !== 'dlq' ? ['not __fish_seen_subcommand_from dlq'] : []),
    ...(subcommands.length > 0 ? [`not __fish_seen_subcommand_from ${subcommands.join(' ')}`] : []),
  ].join('; and ');
}

function inFish(values: Values): string {
  if (typeof values !== 'string') return `-f -a ${fishText(values.words.join(' '))}`;
  return values === 'files' ? '-F' : '-f';
}

function fishFlag(flag: string): string {
  return flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`;
}

function fishText(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
}
