/** Hosts made of folders, for tests: an `ssh` that runs what it is told below a folder, and programs that note their words. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { testIo } from "../io.kit.ts";
import { type DoFlags, turn } from "./enable.ts";

export interface Hosts {
  /** An environment in which these programs and a shell's own are all there is. */
  readonly env: NodeJS.ProcessEnv;
  /** A file of a host; undefined where there is none. */
  read(host: string, path: string): string | undefined;
  write(host: string, path: string, text: string): void;
  /** Each call of a program, its words joined, in order. */
  calls(): readonly string[];
  /** A program that does this, in lines of shell; its words are noted. */
  program(name: string, script: string): void;
  /** The same at a path of a host. */
  executable(host: string, path: string, script: string): void;
  readonly folder: string;
  remove(): void;
}

export function hosts(): Hosts {
  const folder = mkdtempSync(join(tmpdir(), "tiercel-hosts-"));
  const bin = join(folder, "bin");
  const log = join(folder, "calls");
  mkdirSync(bin);
  writeFileSync(log, "");
  const put = (name: string, script: string) => {
    rmSync(join(bin, name), { force: true });
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  const program = (name: string, script: string) => put(name, `printf '%s\\n' "${name} $*" >> ${log}\n${script}`);
  // Paths of a host lie below a folder of its name.
  put("ssh", `while [ "$1" = -o ]; do shift 2; done\nexec ${join(bin, "in-host")} "$1" "$2"`);
  put("in-host", inHost(folder));
  program("kill-noted", "exit 0");
  // Nothing else of this machine: a cloud's own program must not be called by a test.
  for (const tool of tools)
    symlinkSync(existsSync(`/bin/${tool}`) ? `/bin/${tool}` : `/usr/bin/${tool}`, join(bin, tool));
  put("sudo", 'exec "$@"');
  put("chown", "exit 0");
  const at = (host: string, path: string) => join(folder, "hosts", host, path);
  return {
    folder,
    env: { PATH: bin, HOME: folder, XDG_STATE_HOME: join(folder, "state") },
    read: (host, path) => (existsSync(at(host, path)) ? readFileSync(at(host, path), "utf8") : undefined),
    write(host, path, text) {
      mkdirSync(dirname(at(host, path)), { recursive: true });
      writeFileSync(at(host, path), text);
    },
    executable(host, path, script) {
      mkdirSync(dirname(at(host, path)), { recursive: true });
      writeFileSync(at(host, path), `#!/bin/sh\nprintf '%s\\n' "${path} $*" >> ${log}\n${script}\n`);
      chmodSync(at(host, path), 0o755);
    },
    calls: () => readFileSync(log, "utf8").split("\n").filter(Boolean),
    program,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const tools = ["sh", "sed", "cat", "mkdir", "cp", "mv", "rm", "rmdir", "chmod", "id", "sleep", "grep", "tr", "ls"];

/**
 * Runs a text of shell in a host, whose files lie below a folder. Before it does, the host's kubelet has started the API
 * server that its manifest asks for, unless the host is `stuck`: its words stand in /proc.
 */
const inHost = (folder: string): string => `r=${folder}/hosts/$1; mkdir -p "$r/proc/99999999"
below="s#/((etc|var)/(rancher|lib|origin|kubernetes|k0s)|usr/local/bin|proc)\\b#$r/\\1#g; s#\\bkill #kill-noted #g"
if [ ! -e "$r/stuck" ]; then
  echo kube-apiserver > "$r/proc/99999999/comm"
  m="$r/etc/kubernetes/manifests/kube-apiserver.yaml"; c="$r/etc/rancher/rke2/config.yaml"
  { if [ -e "$m" ]; then sed -n 's/^ *- *\\(--.*\\)$/\\1/p' "$m"; fi
    if [ -e "$c" ]; then sed -n 's/^ *- *\\(audit-.*\\)$/--\\1/p' "$c"; fi; } | sed -E "$below" | tr '\\n' '\\0' > "$r/proc/99999999/cmdline"
fi
exec sh -c "$(printf '%s' "$2" | sed -E "$below")"`;

/** Within a container: as `docker exec -i NAME WORDS` has it. */
export const dockerExec = (at: Hosts): string =>
  `[ "$1" = exec ] || exit 1; h=$3; shift 3; t=; for w; do t="$t '$(printf %s "$w" | sed "s/'/'\\\\\\\\''/g")'"; done; exec ${at.folder}/bin/in-host "$h" "$t"`;

/** What a run of `enable` or `disable` says and answers. Nobody waits between two questions. */
export async function run(
  at: Hosts,
  action: "enable" | "disable",
  name: string,
  flags: Partial<DoFlags>,
  env: NodeJS.ProcessEnv = {},
) {
  const out = io(at, env);
  const all: DoFlags = { cluster: "prod", receiver: "https://10.0.0.5:7765", output: "text", yes: true, ...flags };
  const code = await turn(action, name, all, out, async () => {});
  return { code, out: out.out(), err: out.err() };
}

export const io = ({ env }: Hosts, more: NodeJS.ProcessEnv = {}) => testIo({ env: { ...env, ...more } });
