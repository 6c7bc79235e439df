/** `tiercel verify`: a real event, made and waited for. */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Distribution, here } from "../../distributions/plan/contract.ts";
import { client, reaching, type ServerChoice, Unreachable } from "../client.ts";
import { type ExitCode, exitCodes, type Io, UsageError } from "../io.ts";
import { countsSeen } from "./api-server-seen.ts";
import { chain } from "./chain.ts";
import { linksText } from "./doctor.ts";
import { Missing, machine } from "./machine.ts";
import { oursSeen } from "./ours-seen.ts";
import { firstLine } from "./world.ts";

export interface VerifyFlags extends ServerChoice {
  readonly cluster: string;
  /** What the API server posts to, as told to `enable`. */
  readonly receiver?: string;
  readonly namespace?: string;
  /** Seconds. */
  readonly within?: number;
}

export const verifyWith = (one: Distribution, flags: VerifyFlags, io: Io): Promise<ExitCode> =>
  reaching(io, async () => {
    const { cluster, namespace = "default", within = one.verifyWithinSecs } = flags;
    const hands = machine({ env: io.env as NodeJS.ProcessEnv });
    const list = client(flags, io);
    const name = `tiercel-verify-${randomBytes(5).toString("hex")}`;
    const query = new URLSearchParams({ cluster, name, limit: "10", events: "omit" });
    // A server that cannot be asked is told before anything is made.
    await list("/api/v1/activities", query);
    const before = { ours: await oursSeen(flags, io), counts: await countsSeen(hands) };
    const receiver = receiverHost(flags, io);
    const began = performance.now();
    for (const argv of [
      ["create", "configmap", name, "-n", namespace, "--from-literal=by=tiercel"],
      ["delete", "configmap", name, "-n", namespace, "--wait=false"],
    ]) {
      const { code, stderr } = await hands.run(here, ["kubectl", ...argv], { secs: 60 }).catch((error) => {
        if (error instanceof Missing) throw new Unreachable(error.message, "install kubectl, or put it on PATH");
        throw error;
      });
      if (code !== 0)
        throw new Unreachable(
          `kubectl ${argv.slice(0, 2).join(" ")}: ${firstLine(stderr)}`,
          argv[0] === "delete"
            ? `the ConfigMap is left: kubectl delete configmap ${name} -n ${namespace}`
            : "the right to create and delete a ConfigMap is needed; --namespace names another place",
        );
    }
    await io.stderr.write(`ConfigMap ${namespace}/${name} was created and deleted; waiting ${within} s at most ...\n`);
    while (performance.now() - began < within * 1000) {
      const { items } = await list("/api/v1/activities", query);
      const verbs = new Set(items.map(({ verb }) => verb));
      if (verbs.has("create") && verbs.has("delete")) {
        await io.stdout.write(
          `It came: cluster ${cluster} is heard, after ${((performance.now() - began) / 1000).toFixed(1)} s.\n`,
        );
        return exitCodes.fine;
      }
      await sleep(500);
    }
    await io.stdout.write(
      `It did not come within ${within} s.\n${linksText(await chain({ cluster, choice: flags, before, ...receiver }, hands, io), io)}`,
    );
    return exitCodes.findings;
  });

/** Told by `--receiver`, or by the environment as `enable` reads it. */
export function receiverHost({ receiver }: VerifyFlags, { env }: Pick<Io, "env">): { readonly receiver?: string } {
  const told = receiver ?? env.TIERCEL_RECEIVER;
  if (!told) return {};
  if (!URL.canParse(told)) throw new UsageError(`\`${told}\` is no address`, "write it like https://10.0.0.5:7765");
  return { receiver: new URL(told).host };
}
