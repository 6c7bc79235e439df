/** Whether the API server of a host runs as it is told to, seen from its process; and how it is made to start anew. */
import type { Flag } from "./audit-flags.ts";
import type { Change, Restart } from "./host-files.ts";

export interface ApiServer {
  readonly flags: readonly Flag[];
  /** Prints `ok` where the API server of this host is ready. A shell's line. */
  readonly ready: string;
  readonly withinSecs: number;
  readonly restarts: { readonly what: string; readonly secs: number };
  /** Where its own log is. */
  readonly help: string;
}

/**
 * The kubelet needs some seconds to see a changed manifest, and until then the old API server answers: so its own words
 * are read, in /proc. Where only the files changed that its flags name, nobody starts it anew, though it reads them at
 * its start alone: it is ended, and the kubelet starts it.
 */
export function processRestart(api: ApiServer): (change: Change) => Restart {
  return ({ direction, flags }) => {
    const wanted = direction === "put" ? runsWith(api.flags) : runsWithout(api.flags);
    const { withinSecs, restarts, help } = api;
    return [
      ...(flags
        ? []
        : [
            {
              title: "The API server reads its files at its start alone: it is ended, and the kubelet starts it anew",
              argv: ["sh", "-c", endProcess],
            },
          ]),
      {
        title: `The API server ${direction === "put" ? "runs with our flags" : "runs without our flags"}, and is ready`,
        argv: ["sh", "-c", `${wanted} && ${api.ready}`],
        expect: "^ok",
        everySecs: 5,
        withinSecs,
        restarts,
        help,
      },
    ];
  };
}

const own = "kube-apiserver";
const endProcess = `for p in /proc/[0-9]*; do if grep -qsx ${own} "$p/comm"; then kill "\${p#/proc/}"; fi; done`;

/** One process that has each of the flags as a word of its own. */
const runsWith = (flags: readonly Flag[]): string => {
  const words = flags.map(({ name, value }) => `-e --${name}=${value}`).join(" ");
  return `n=0; for p in /proc/[0-9]*; do if grep -qsx ${own} "$p/comm"; then n=$(tr "\\0" "\\n" < "$p/cmdline" | grep -cxF ${words}); fi; done; [ "$n" = ${flags.length} ]`;
};

const runsWithout = (flags: readonly Flag[]): string => {
  const webhook = flags.find(({ name }) => name === "audit-webhook-config-file");
  return `! grep -qsa -e "[-]-${webhook?.name}=${webhook?.value}" /proc/[0-9]*/cmdline`;
};
