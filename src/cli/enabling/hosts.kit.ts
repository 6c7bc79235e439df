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
  // Paths of a host lie below a folder of its name. Words: -o BatchMode=yes HOST TEXT.
  put("ssh", `exec ${join(bin, "in-host")} "$3" "$4"`);
  put(
    "in-host",
    `r=${folder}/hosts/$1; mkdir -p "$r"\nexec sh -c "$(printf '%s' "$2" | sed -E "s#/((etc|var)/(rancher|lib|origin|kubernetes|k0s)|usr/local/bin)#$r/\\1#g")"`,
  );
  // Nothing else of this machine: a cloud's own program must not be called by a test.
  for (const tool of ["sh", "sed", "cat", "mkdir", "cp", "mv", "rm", "rmdir", "chmod", "id", "sleep", "grep"])
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

export const io = ({ env }: Hosts, more: NodeJS.ProcessEnv = {}) => testIo({ env: { ...env, ...more } });
