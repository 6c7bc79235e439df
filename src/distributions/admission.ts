/** Any cluster, without access to its API server's flags: a validating webhook tells us of every write. */
import type { Distribution, Wish, World } from "./plan/contract.ts";
import { here, Refused } from "./plan/contract.ts";

const name = "tiercel";

/** The registration, as our `admission` source prints it, with its authority. */
async function registration({ options }: Wish, world: World): Promise<string> {
  const url = `${(options.url as string).replace(/\/+$/, "")}/webhook.yaml`;
  const text = await world.ask(["curl", "-fsSk", url], "");
  if (text !== "" && !text.includes("ValidatingWebhookConfiguration"))
    throw new Refused(
      `${url} answers no webhook configuration`,
      "is it the address of Tiercel's `admission` source, port 7767?",
    );
  return text;
}

const manifestName = (manifest: string): string => /^metadata:\s*\n\s+name:\s*(\S+)/m.exec(manifest)?.[1] ?? name;

export const admission: Distribution = {
  name: "admission",
  title: "Any cluster, by an admission webhook",
  doc: "The API server asks our admission webhook about every write, and is always told yes.",
  tools: ["kubectl", "curl"],
  options: [{ name: "url", doc: "address of Tiercel's admission source, https://HOST:7767", required: true }],
  route: "source",
  verifyWithinSecs: 30,
  async plan(wish, world) {
    const manifest = await registration(wish, world);
    const bundleArgv = ["get", "validatingwebhookconfiguration", manifestName(manifest)];
    const there = await world.try(["kubectl", ...bundleArgv, "-o", "jsonpath={.webhooks[0].clientConfig.caBundle}"]);
    const bundle = /caBundle:\s*(\S+)/.exec(manifest)?.[1];
    if (there?.code === 0 && bundle !== undefined && there.stdout.trim() === bundle) return { steps: [] };
    return {
      steps: [
        {
          kind: "run",
          on: here,
          title: "The API server asks us about every write; where we do not answer, it goes on (failurePolicy: Ignore)",
          argv: ["kubectl", "apply", "-f", "-"],
          stdin: manifest,
          undo: ["kubectl", "delete", "validatingwebhookconfiguration", manifestName(manifest)],
        },
      ],
      notes: [
        "Admission sees no reads, nothing that is refused before it (401, 403), no outcome, and no change of webhook configurations: docs/guide/collect.md says what that means for rules.",
      ],
    };
  },
  async undo(wish, world) {
    const manifest = await registration(wish, world);
    const argv = ["kubectl", "delete", "validatingwebhookconfiguration", manifestName(manifest), "--ignore-not-found"];
    const there = await world.try([
      "kubectl",
      "get",
      "validatingwebhookconfiguration",
      manifestName(manifest),
      "-o",
      "name",
    ]);
    const title = "The API server asks us no more";
    return { steps: there !== undefined && there.code !== 0 ? [] : [{ kind: "run", on: here, title, argv }] };
  },
};
