/** What a request's address says beyond its resource: the command of an exec, its container, the path behind a proxy. */

export interface RequestUri {
  readonly path: string;
  /** Decoded; names may repeat. */
  all(name: string): readonly string[];
  /** The first of a name. */
  one(name: string): string | undefined;
  has(name: string): boolean;
}

export function requestUri(text: string | null): RequestUri {
  const cutAt = text?.indexOf("?") ?? -1;
  if (text === null || cutAt < 0) return { path: text ?? "", ...withoutParams };
  let read: URLSearchParams | undefined;
  const params = () => {
    read ??= new URLSearchParams(text.slice(cutAt + 1));
    return read;
  };
  return {
    path: text.slice(0, cutAt),
    all: (name) => params().getAll(name),
    one: (name) => params().get(name) ?? undefined,
    has: (name) => params().has(name),
  };
}

const withoutParams: Omit<RequestUri, "path"> = { all: () => [], one: () => undefined, has: () => false };

/** What is asked of whatever stands behind `…/proxy`; `/` where nothing is named. */
export function proxiedPath(path: string): string {
  const behind = /\/proxy(\/.*)?$/.exec(path.slice(0, 4096));
  return behind?.[1] ?? "/";
}

/** A command as one types it: words with blanks or signs of a shell's own in quotes. */
export function commandText(argv: readonly string[]): string {
  return argv.map((word) => (/^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}

const shells = new Set("sh bash zsh ash dash fish ksh csh tcsh pwsh powershell powershell.exe cmd cmd.exe".split(" "));

/** Whether a command starts a shell, whatever that runs. */
export function isShell(argv: readonly string[]): boolean {
  return shells.has(argv[0]?.split(/[/\\]/).at(-1)?.toLowerCase() ?? "");
}
