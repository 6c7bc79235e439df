/** What is done to pods from within: commands, files, logs, ports, and what goes through a proxy. */
import { commandText, isShell, proxiedPath } from "./request-uri.ts";
import { say } from "./sentence-parts.ts";
import { phrase, type Row, thing } from "./sentence-things.ts";
import { short } from "./sentence-words.ts";
import type { ToldRequest } from "./told-request.ts";

export function inContainer(told: ToldRequest, command?: string): string {
  const container = told.param("container");
  const shown = command === undefined ? "" : short(command);
  if (container === undefined) return shown === "" ? "" : ` (${shown})`;
  return ` (container ${short(container, 40)}${shown === "" ? "" : `: ${shown}`})`;
}

/** `tar cf - PATH` and `tar xf - -C PATH` are what `kubectl cp` runs. */
function copied(argv: readonly string[]): { readonly out: boolean; readonly path: string } | undefined {
  const [tar = "", flags = "", archive, ...rest] = argv;
  if (!/(?:^|\/)tar$/.test(tar) || archive !== "-" || !/^-?[a-z]+$/i.test(flags)) return undefined;
  if (flags.includes("c")) return { out: true, path: commandText(rest.filter((word) => !word.startsWith("-"))) };
  const into = rest.indexOf("-C");
  return flags.includes("x") ? { out: false, path: into < 0 ? "" : (rest[into + 1] ?? "") } : undefined;
}

export const exec: Row = (told) => {
  const { argv } = told;
  if (argv.length === 0) return phrase("run")`a command in ${thing(told)}${inContainer(told)}`;
  const command = commandText(argv);
  const isTyped = told.param("tty") === "true" || told.param("stdin") === "true";
  if (isShell(argv) && (isTyped || !argv.some((word) => /^-[a-z]*c$|^\/c$/i.test(word))))
    return phrase("open")`a shell in ${thing(told)}${inContainer(told, command)}`;
  const copy = copied(argv);
  if (copy?.out) return phrase("copy")`${short(copy.path) || "files"} out of ${thing(told)}${inContainer(told)}`;
  if (copy !== undefined)
    return phrase(
      "copy",
    )`files into ${copy.path === "" ? "" : `${short(copy.path)} of `}${thing(told)}${inContainer(told)}`;
  return phrase("run")`${short(command)} in ${thing(told)}${inContainer(told)}`;
};

/** The kubelet's own ways to run something: `/run/NAMESPACE/POD/CONTAINER`. */
const throughKubelet = /^\/(exec|run|attach|portForward|containerLogs)\/([^/]+)\/([^/]+)/;

export const proxy: Row = (told) => {
  const path = proxiedPath(told.path);
  const [, act, namespace = "", name = ""] = told.resource === "nodes" ? (throughKubelet.exec(path) ?? []) : [];
  const via = say` through the kubelet of ${thing(told)}`;
  if (act === "containerLogs") return phrase("read")`the logs of pod ${namespace}/${name}${via}`;
  if (act === "portForward") return phrase("forward")`ports of pod ${namespace}/${name}${via}`;
  if (act === "attach") return phrase("attach")`to pod ${namespace}/${name}${via}`;
  if (act !== undefined) {
    const command = told.argv.length > 0 ? commandText(told.argv) : (told.param("cmd") ?? "a command");
    return phrase("run")`${short(command)} in pod ${namespace}/${name}${via}`;
  }
  const whom = told.resource === "nodes" ? say`the kubelet of ${thing(told)}` : thing(told);
  const method = methods[told.verb];
  if (method === undefined) return phrase("ask")`${whom} for ${short(path)} through the API server`;
  return phrase("send")`a ${method} for ${short(path)} to ${whom} through the API server`;
};

export const methods: Readonly<Record<string, string>> = {
  create: "POST",
  update: "PUT",
  patch: "PATCH",
  delete: "DELETE",
  post: "POST",
  put: "PUT",
};
