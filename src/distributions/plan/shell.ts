/** What is done to files, as lines of POSIX shell: the same lines are run and are printed for those who run them by hand. */
import { createHash } from "node:crypto";
import type { FileStep, Place } from "./contract.ts";

/** A word as a shell reads it back. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

export const commandLine = (argv: readonly string[]): string => argv.map(quoted).join(" ");

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The words that do `argv` at the place, with root's rights there. Remote shells take one text, so each word is quoted. */
export function wrapped({ via, name }: Place, argv: readonly string[]): readonly string[] {
  const text = ["sudo", ...argv].map(quoted).join(" ");
  switch (via) {
    case "here":
      return argv;
    case "ssh":
      return ["ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=20", name, text];
    case "minikube":
      return ["minikube", "ssh", "--", text];
    case "minishift":
      return ["minishift", "ssh", "--", text];
    case "docker":
      return ["docker", "exec", "-i", name, ...argv];
  }
}

export const readScript = (path: string): string => `[ -e ${quoted(path)} ] || exit 44; cat ${quoted(path)}`;

/** Where originals are kept: root's place, or for somebody else his own. */
export const keptFolder =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own
  '$([ "$(id -u)" = 0 ] && echo /var/lib/tiercel/enable || echo "${XDG_STATE_HOME:-$HOME/.local/state}/tiercel/enable")';

const keptName = (path: string): string => path.replaceAll("%", "%25").replaceAll("/", "%");
const keptFile = (path: string, kind: "before" | "sha256" | "aside"): string =>
  `"$k"/${quoted(`${keptName(path)}.${kind}`)}`;

/** The original, then on a line of its own the hash of what we made of it; ends with 44 where nothing is kept. */
export const originalScript = (path: string): string =>
  `k="${keptFolder}"; [ -e ${keptFile(path, "sha256")} ] || exit 44; cat ${keptFile(path, "sha256")}; cat ${keptFile(path, "before")}`;

/**
 * Reads the new text on stdin and puts it in place at once: written beside first, never within a folder that the kubelet
 * watches. An existing file's mode and owner stay.
 */
export function writeScript(
  { path, mode, owner, original }: Omit<FileStep, "before" | "after">,
  afterHash: string,
): string {
  const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) || "/" : ".";
  const beside = folder.endsWith("/manifests") ? folder.slice(0, folder.lastIndexOf("/")) : folder;
  const name = path.slice(path.lastIndexOf("/") + 1);
  const [kept, hash] = [keptFile(path, "before"), keptFile(path, "sha256")];
  return [
    "set -eu; umask 077",
    `p=${quoted(path)}; t=${quoted(`${beside}/.${name}.tiercel-new`)}`,
    // A folder made for somebody else's file must be open to him.
    owner === undefined
      ? `mkdir -p ${quoted(folder)}`
      : `if [ ! -d ${quoted(folder)} ]; then mkdir -p ${quoted(folder)}; chown ${quoted(owner)} ${quoted(folder)}; fi`,
    ...(original === "save"
      ? [
          `k="${keptFolder}"; mkdir -p "$k"`,
          `if [ -e "$p" ] && [ ! -e ${kept} ]; then cp -p "$p" ${kept}; fi`,
          `if [ -e ${kept} ]; then echo ${afterHash} > ${hash}; fi`,
        ]
      : []),
    `if [ -e "$p" ]; then cp -p "$p" "$t"; cat > "$t"; else cat > "$t"; chmod ${mode} "$t"${owner === undefined ? "" : `; chown ${quoted(owner)} "$t"`}; fi`,
    'mv -f "$t" "$p"',
    ...forgotten(path, original),
  ].join("\n");
}

export const removeScript = ({ path, original }: Pick<FileStep, "path" | "original">): string =>
  [
    "set -eu",
    `rm -f ${quoted(path)}`,
    `rmdir ${quoted(path.slice(0, path.lastIndexOf("/")) || "/")} 2>/dev/null || true`,
    ...forgotten(path, original),
  ].join("\n");

function forgotten(path: string, original: FileStep["original"]): readonly string[] {
  const [kept, hash] = [keptFile(path, "before"), keptFile(path, "sha256")];
  if (original === "drop") return [`k="${keptFolder}"; rm -f ${kept} ${hash}`];
  if (original === "aside")
    return [`k="${keptFolder}"; rm -f ${hash}`, `if [ -e ${kept} ]; then mv -f ${kept} ${keptFile(path, "aside")}; fi`];
  return [];
}
