import type { CommandWords, Expected, FlagWords } from './command-words.ts';

const NAME = 'airgap-charts';

/** The shells that are known. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** Text in single quotes, for a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function namesOf(flags: readonly FlagWords[]): readonly string[] {
  return flags.flatMap(({ names }) => names);
}

function bashReply(expected: Expected): string {
  switch (expected.kind) {
    case 'file':
      return 'COMPREPLY=($(compgen -f -- "$current"))';
    case 'directory':
      return 'COMPREPLY=($(compgen -d -- "$current"))';
    case 'words':
      return `COMPREPLY=($(compgen -W ${quoted(expected.words.join(' '))} -- "$current"))`;
    case 'anything':
    case 'nothing':
      return 'COMPREPLY=()';
  }
}

function bashCase({ path, commands, flags, arguments: argument }: CommandWords): string {
  const values = flags.filter(({ expected }) => expected.kind !== 'nothing');
  const kinds = values.map(({ names, expected }) => `        ${names.join('|')}) ${bashReply(expected)}; return ;;`);
  const words = [...commands, ...namesOf(flags)].join(' ');
  return [
    `    ${quoted(path.join(' '))})`,
    '      case "$previous" in',
    ...kinds,
    '      esac',
    '      if [[ "$current" != -* ]]; then',
    `        ${commands.length > 0 ? ':' : bashReply(argument)}`,
    '      fi',
    `      if [[ "$current" == -* || ${commands.length > 0 ? 1 : 0} == 1 ]]; then`,
    `        COMPREPLY=($(compgen -W ${quoted(words)} -- "$current"))`,
    '      fi ;;',
  ].join('\n');
}

function paths(all: readonly CommandWords[]): string {
  return all
    .filter(({ path }) => path.length > 0)
    .map(({ path }) => quoted(path.join(' ')))
    .join('|');
}

function bash(all: readonly CommandWords[]): string {
  return `# completion for ${NAME}: source <(${NAME} completion bash)
_airgap_charts() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command='' word try
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    try="\${command:+$command }$word"
    case "$try" in
      ${paths(all)}) command="$try" ;;
    esac
  done
  COMPREPLY=()
  case "$command" in
${all.map(bashCase).join('\n')}
  esac
}
complete -o filenames -F _airgap_charts ${NAME}
`;
}

function zshText(text: string): string {
  return text.replace(/[\\:[\]]/g, (sign) => `\\${sign}`);
}

function zshValue(expected: Expected): string {
  switch (expected.kind) {
    case 'nothing':
      return '';
    case 'file':
      return ':file:_files';
    case 'directory':
      return ':directory:_files -/';
    case 'words':
      return `:value:(${expected.words.join(' ')})`;
    case 'anything':
      return ':value: ';
  }
}

function zshFlag({ names, description, expected }: FlagWords): readonly string[] {
  return names.map((name) => quoted(`*${name}[${zshText(description)}]${zshValue(expected)}`));
}

function zshArguments({ arguments: argument }: CommandWords): readonly string[] {
  if (argument.kind === 'nothing') return [];
  return [quoted(argument.kind === 'anything' ? '*:argument: ' : `*${zshValue(argument)}`)];
}

function zshCase(command: CommandWords, all: readonly CommandWords[]): string {
  const { path, commands, flags } = command;
  const name = quoted(path.join(' '));
  if (commands.length === 0) {
    const parts = [...flags.flatMap(zshFlag), ...zshArguments(command)];
    return `    ${name}) _arguments -s ${parts.join(' ')} ;;`;
  }
  const described = commands.map((one) => {
    const found = all.find(({ path: other }) => other.join(' ') === [...path, one].join(' '));
    return quoted(`${one}:${zshText(found?.description ?? '')}`);
  });
  const own = flags.flatMap(({ names, description }) => names.map((one) => quoted(`${one}:${zshText(description)}`)));
  return `    ${name}) local -a found=(${[...described, ...own].join(' ')}); _describe command found ;;`;
}

function zsh(all: readonly CommandWords[]): string {
  return `#compdef ${NAME}
# completion for ${NAME}: source <(${NAME} completion zsh), or a file _${NAME} in a directory of $fpath
_airgap_charts() {
  local command='' try word
  integer at=1
  for word in "\${(@)words[2,CURRENT-1]}"; do
    try="\${command:+$command }$word"
    case "$try" in
      (${paths(all)}) command="$try"; at+=1 ;;
      (*) break ;;
    esac
  done
  words=("\${(@)words[at,-1]}")
  (( CURRENT -= at - 1 ))
  case "$command" in
${all.map((command) => zshCase(command, all)).join('\n')}
  esac
}
if [[ "$funcstack[1]" == _airgap_charts || "$funcstack[1]" == _${NAME} ]]; then
  _airgap_charts "$@"
else
  compdef _airgap_charts ${NAME}
fi
`;
}

function fishValue(expected: Expected): string {
  switch (expected.kind) {
    case 'nothing':
      return '';
    case 'file':
      return ' -r -F';
    case 'directory':
      return " -x -a '(__fish_complete_directories)'";
    case 'words':
      return ` -x -a ${quoted(expected.words.join(' '))}`;
    case 'anything':
      return ' -x';
  }
}

function fishFlag(path: readonly string[], { names, description, expected }: FlagWords): string {
  const parts = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const condition = quoted(`__airgap_charts_at ${path.join(' ')}`.trimEnd());
  return `complete -c ${NAME} -n ${condition} ${parts.join(' ')}${fishValue(expected)} -d ${quoted(description)}`;
}

function fishLines(command: CommandWords, all: readonly CommandWords[]): readonly string[] {
  const { path, commands, flags, arguments: argument } = command;
  const condition = quoted(`__airgap_charts_at ${path.join(' ')}`.trimEnd());
  const below = commands.map((one) => {
    const found = all.find(({ path: other }) => other.join(' ') === [...path, one].join(' '));
    return `complete -c ${NAME} -n ${condition} -a ${one} -d ${quoted(found?.description ?? '')}`;
  });
  const isFile = argument.kind === 'file' || argument.kind === 'directory';
  const words =
    argument.kind === 'words' ? [`complete -c ${NAME} -n ${condition} -a ${quoted(argument.words.join(' '))}`] : [];
  const own = isFile ? [`complete -c ${NAME} -n ${condition} -F`] : words;
  return [...below, ...own, ...flags.map((flag) => fishFlag(path, flag))];
}

function fish(all: readonly CommandWords[]): string {
  return `# completion for ${NAME}: ${NAME} completion fish | source
function __airgap_charts_at
  set -l words (commandline -opc) 
  set -e words[1]
  set -l command
  for word in $words
    set -l try (string trim -- "$command $word")
    if contains -- "$try" ${all
      .filter(({ path }) => path.length > 0)
      .map(({ path }) => quoted(path.join(' ')))
      .join(' ')}
      set command "$try"
    end
  end
  test "$command" = "$argv"
end
complete -c ${NAME} -f
${all.flatMap((command) => fishLines(command, all)).join('\n')}
`;
}

/** The script that lets a shell complete commands, flags, and what stands behind them. It never runs the tool. */
export function completionScript(shell: Shell, all: readonly CommandWords[]): string {
  switch (shell) {
    case 'bash':
      return bash(all);
    case 'zsh':
      return zsh(all);
    case 'fish':
      return fish(all);
  }
}
