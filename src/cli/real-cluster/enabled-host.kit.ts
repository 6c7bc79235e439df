/** A host that `tiercel enable` works on: folders, with a real control plane on them, whose manifest is watched as a kubelet does. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { manifestPath } from "../../distributions/plan/static-pod.ts";
import { type DoFlags, turn } from "../enabling/enable.ts";
import { type Hosts, hosts, io } from "../enabling/hosts.kit.ts";
import type { TestIo } from "../io.kit.ts";
import { type ControlPlane, controlPlane, kubectlProgram } from "./control-plane.kit.ts";
import { kubeadmManifest } from "./kubeadm-manifest.kit.ts";
import { clusterName, type OwnServer } from "./own-server.kit.ts";

export interface EnabledHost {
  readonly host: Hosts;
  readonly plane: ControlPlane;
  /** What the API server logs of itself, beside the webhook: one event a line. */
  readonly logFile: string;
  /** `enable` and `disable`, agreed to, with our server as the receiver. */
  turn(
    action: "enable" | "disable",
    distribution: string,
    flags?: Partial<DoFlags>,
  ): Promise<{ code: number; io: TestIo }>;
  /** The commands' world: their programs are the host's, `kubectl` reaches the control plane. */
  io(env?: NodeJS.ProcessEnv): TestIo;
  /** What stands in the watched manifest now runs, or it throws what kept it from that. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

const hostName = "cp1";

/** Runs a text of shell in the host: its paths lie below a folder, where /proc holds its own API server, which is real. */
const inHost = (folder: string): string => `#!/bin/sh
r=${folder}/hosts/$1
exec sh -c "$(printf '%s' "$2" | sed -E "s#/((etc|var)/(lib|kubernetes)|proc)\\b#$r/\\1#g")"
`;

/** Resolves when an API server without auditing is ready. */
export async function enabledHost(ours: OwnServer): Promise<EnabledHost> {
  const host = hosts();
  const root = join(host.folder, "hosts", hostName);
  host.program("kubectl", `exec ${kubectlProgram} "$@"`);
  host.write(hostName, manifestPath, kubeadmManifest);
  writeFileSync(join(host.folder, "bin", "in-host"), inHost(host.folder));
  const plane = await controlPlane(root);
  const logFile = join(host.folder, "audit.log");
  const manifest = () => readFileSync(join(root, manifestPath), "utf8");
  const run = (text: string) =>
    plane.run(text, text.includes("--audit-policy-file") ? { "audit-log-path": logFile } : {});
  let runs = manifest();
  await run(runs);
  let isOver = false;
  let failure: unknown;
  const watching = (async () => {
    while (!isOver) {
      const now = manifest();
      if ((now !== runs || plane.hasEnded()) && failure === undefined) {
        await run(now).catch((error) => {
          failure = error;
        });
        runs = now;
      }
      await sleep(100);
    }
  })();
  const world = (env: NodeJS.ProcessEnv = {}) => io(host, { KUBECONFIG: plane.kubeconfig, ...env });
  return {
    host,
    plane,
    logFile,
    io: world,
    async turn(action, distribution, flags = {}) {
      const out = world();
      const receiving =
        action === "enable" ? { receiver: ours.receiver, tokenFile: ours.tokenFile, caFile: ours.authorityFile } : {};
      const code = await turn(
        action,
        distribution,
        { cluster: clusterName, ...receiving, output: "text", yes: true, ...flags },
        out,
      );
      return { code, io: out };
    },
    async settled() {
      while (failure === undefined && (manifest() !== runs || plane.hasEnded())) await sleep(100);
      if (failure !== undefined) throw failure;
    },
    async stop() {
      isOver = true;
      await watching;
      await plane.stop();
      host.remove();
    },
  };
}
