/** Shell completion, read from the command tree: one script a shell, all it knows written into it. */
import type { Command, Option } from "commander";

export type Shell = "bash" | "zsh" | "fish";

export function completion(shell: Shell, program: Command): string {
  return { bash, zsh, fish }[shell](nodes(program));
}

/** One command, with what may follow it. */
interface Node {
  /** Words behind the program's name: `rules validate`. */
  readonly path: string;
  readonly doc: string;
  readonly commands: readonly { readonly name: string; readonly doc: string }[];
  readonly options: readonly OptionWords[];
  /** What its argument may be, where that is a choice. */
  readonly choices: readonly string[];
}

interface OptionWords {
  readonly words: readonly string[];
  readonly doc: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

function nodes(program: Command): readonly Node[] {
  const found: Node[] = [];
  const visit = (command: Command, path: string): void => {
    const visible = command.commands.filter((one) => !one.name().startsWith("_"));
    found.push({
      path,
      doc: command.summary() || firstLine(command.description()),
      commands: visible.map((one) => ({ name: one.name(), doc: one.summary() || firstLine(one.description()) })),
      options: [...command.options.filter(({ hidden }) => !hidden).map(wordsOf), helpWords],
      choices: command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
    });
    for (const one of visible) visit(one, path === "" ? one.name() : `${path} ${one.name()}`);
  };
  visit(program, "");
  return found;
}

const helpWords: OptionWords = { words: ["-h", "--help"], doc: "show help", takesValue: false, choices: [] };

const wordsOf = ({ short, long, description, required, optional, argChoices }: Option): OptionWords => ({
  words: [short, long].filter((word) => word !== undefined && word !== null),
  doc: firstLine(description),
  takesValue: required || optional,
  choices: argChoices ?? [],
});

const firstLine = (text: string): string => text.split("\n", 1)[0] ?? "";

/** A word in single quotes, as POSIX shells and, but for the inner quote, fish have them. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function bash(all: readonly Node[]): string {
  const paths = all.filter(({ path }) => path !== "").map(({ path }) => quoted(` ${path}`));
  const values = all.flatMap(({ path, options }) =>
    options
      .filter(({ choices }) => choices.length > 0)
      .flatMap(({ words, choices }) =>
        words.map((word) => `    ${quoted(`${path}:${word}`)}) words=${quoted(choices.join(" "))} ;;`),
      ),
  );
  const files = all.flatMap(({ path, options }) =>
    options
      .filter(({ takesValue, choices }) => takesValue && choices.length === 0)
      .flatMap(({ words }) => words.map((word) => quoted(`${path}:${word}`))),
  );
  const words = all.map(({ path, commands, choices, options }) => {
    const plain = [...commands.map(({ name }) => name), ...choices].join(" ");
    const dashed = options.flatMap((option) => option.words).join(" ");
    return `    ${quoted(path)}) words=${quoted(plain)}; options=${quoted(dashed)} ;;`;
  });
  return `# bash completion of tiercel: source <(tiercel completion bash)
_tiercel() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" path="" words="" options="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path \${COMP_WORDS[i]}" in
    ${paths.join(" | ")}) path="\${path:+$path }\${COMP_WORDS[i]}" ;;
    esac
  done
  COMPREPLY=()
  case "$path:$before" in
${values.join("\n")}
    ${files.join(" | ")}) return ;;
  esac
  if [[ -n $words ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    return
  fi
  case "$path" in
${words.join("\n")}
  esac
  [[ $current == -* ]] && words="$options"
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o bashdefault -o default -F _tiercel tiercel
`.replaceAll(`case "$path \${COMP_WORDS[i]}" in\n    `, `case "\${path:+ $path} \${COMP_WORDS[i]}" in\n    `);
}

function zsh(all: readonly Node[]): string {
  const paths = all.filter(({ path }) => path !== "").map(({ path }) => quoted(path));
  const described = (words: readonly { readonly word: string; readonly doc: string }[]): string =>
    words.map(({ word, doc }) => quoted(`${word.replaceAll(":", "\\:")}:${doc}`)).join(" ");
  const values = all.flatMap(({ path, options }) =>
    options.flatMap(({ words, takesValue, choices }) => {
      if (!takesValue) return [];
      const what = choices.length > 0 ? `compadd -- ${choices.map(quoted).join(" ")}` : "_files";
      return words.map((word) => `    ${quoted(`${path}:${word}`)}) ${what}; return ;;`);
    }),
  );
  const cases = all.map(({ path, commands, choices, options }) => {
    const dashed = described(options.flatMap(({ words, doc }) => words.map((word) => ({ word, doc }))));
    const plain = described([
      ...commands.map(({ name, doc }) => ({ word: name, doc })),
      ...choices.map((word) => ({ word, doc: "" })),
    ]);
    return `    ${quoted(path)})
      options=(${dashed})
      entries=(${plain}) ;;`;
  });
  return `#compdef tiercel
# zsh completion of tiercel: tiercel completion zsh > "\${fpath[1]}/_tiercel"
_tiercel() {
  local place="" word
  local -a options entries
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "\${place:+$place }$word" in
    ${paths.join(" | ")}) place="\${place:+$place }$word" ;;
    esac
  done
  case "$place:\${words[CURRENT-1]}" in
${values.join("\n")}
  esac
  case "$place" in
${cases.join("\n")}
  esac
  if [[ \${words[CURRENT]} == -* ]]; then
    _describe option options
  elif (( \${#entries} )); then
    _describe command entries
  else
    _files
  fi
}
if [[ "$funcstack[1]" == _tiercel ]]; then _tiercel "$@"; else compdef _tiercel tiercel; fi
`;
}

function fish(all: readonly Node[]): string {
  const text = (words: string): string => `'${words.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const paths = all.filter(({ path }) => path !== "").map(({ path }) => text(path));
  const lines = all.flatMap(({ path, commands, choices, options }) => {
    const at = `complete -c tiercel -n ${text(`test (__tiercel_place) = ${text(path)}`)}`;
    return [
      ...commands.map(({ name, doc }) => `${at} -f -a ${text(name)} -d ${text(doc)}`),
      ...choices.map((choice) => `${at} -f -a ${text(choice)}`),
      ...options.map(({ words, doc, takesValue, choices: values }) => {
        const names = words.map((word) => (word.startsWith("--") ? `-l ${word.slice(2)}` : `-s ${word.slice(1)}`));
        const value = values.length > 0 ? ` -x -a ${text(values.join(" "))}` : takesValue ? " -r -F" : "";
        return `${at} ${names.join(" ")}${value} -d ${text(doc)}`;
      }),
    ];
  });
  return `# fish completion of tiercel: tiercel completion fish > ~/.config/fish/completions/tiercel.fish
function __tiercel_place
  set -l place ''
  for word in (commandline -opc)[2..-1]
    set -l longer (string trim -- "$place $word")
    if contains -- "$longer" ${paths.join(" ")}
      set place $longer
    end
  end
  echo "$place"
end
${lines.join("\n")}
`;
}
