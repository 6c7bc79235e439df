/** What is done to files, as lines of POSIX shell: the same lines are run and are printed for those who run them by hand. */
import type { FileStep } from "../../distributions/plan/contract.ts";

/** A word as a shell reads it back. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

export const readScript = (path: string): string => `[ -e ${quoted(path)} ] || exit 44; cat ${quoted(path)}`;

/** Where originals are kept: root's place, or for somebody else his own. */
export const keptFolder =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own
  '$([ "$(id -u)" = 0 ] && echo /var/lib/tiercel/enable || echo "${XDG_STATE_HOME:-$HOME/.local/state}/tiercel/enable")';

const keptName = (path: string): string => path.replaceAll("%", "%25").replaceAll("/", "%");

/** The original, then on a line of its own the hash of what we made of it; ends with 44 where nothing is kept. */
export const originalScript = (path: string): string =>
  `k="${keptFolder}"; [ -e "$k"/${quoted(`${keptName(path)}.sha256`)} ] || exit 44; cat "$k"/${quoted(`${keptName(path)}.sha256`)}; cat "$k"/${quoted(`${keptName(path)}.before`)}`;

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
  const kept = keptName(path);
  return [
    "set -eu; umask 077",
    `p=${quoted(path)}; t=${quoted(`${beside}/.${name}.tiercel-new`)}`,
    `mkdir -p ${quoted(folder)}`,
    ...(original === "save"
      ? [
          `k="${keptFolder}"; mkdir -p "$k"`,
          `if [ -e "$p" ] && [ ! -e "$k"/${quoted(`${kept}.before`)} ]; then cp -p "$p" "$k"/${quoted(`${kept}.before`)}; fi`,
          `if [ -e "$k"/${quoted(`${kept}.before`)} ]; then echo ${afterHash} > "$k"/${quoted(`${kept}.sha256`)}; fi`,
        ]
      : []),
    `if [ -e "$p" ]; then cp -p "$p" "$t"; cat > "$t"; else cat > "$t"; chmod ${mode} "$t"${owner === undefined ? "" : `; chown ${quoted(owner)} "$t"`}; fi`,
    `mv -f "$t" "$p"`,
    ...(original === "drop" ? [dropKept(kept)] : []),
  ].join("\n");
}

export const removeScript = ({ path, original }: Pick<FileStep, "path" | "original">): string =>
  [
    "set -eu",
    `rm -f ${quoted(path)}`,
    `rmdir ${quoted(path.slice(0, path.lastIndexOf("/")) || "/")} 2>/dev/null || true`,
    ...(original === "drop" ? [dropKept(keptName(path))] : []),
  ].join("\n");

const dropKept = (kept: string): string =>
  `k="${keptFolder}"; rm -f "$k"/${quoted(`${kept}.before`)} "$k"/${quoted(`${kept}.sha256`)}`;
