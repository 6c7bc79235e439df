/** Any cluster, without access to its API server's flags: a validating webhook tells us of every write. */
import { type Distribution, Refused, type Wish, type World } from "./plan/contract.ts";
import { anything, type Thing, thingsPlan, thingsUndo } from "./plan/things.ts";

/** As our `admission` source names it. */
const name = "tiercel-audit";

/** The registration, as our `admission` source prints it, with its authority. */
async function registration({ cluster, options }: Wish, world: World): Promise<string> {
  const address = (options.url as string).replace(/\/+$/, "");
  const query = new URLSearchParams({ cluster });
  if (options.service === undefined) query.set("url", address);
  else query.set("service", options.service);
  const url = `${address}/webhook.yaml?${query}`;
  const assumed = `# As ${url} prints it.\n`;
  const text = await world.ask(["curl", "-fsSk", "--max-time", "20", url], assumed);
  if (text !== assumed && !text.includes("ValidatingWebhookConfiguration"))
    throw new Refused(
      `${url} answers no webhook configuration`,
      "is it the address of Tiercel's `admission` source, port 7767?",
    );
  return text;
}

const webhook = (manifest: string): Thing => ({
  title: "The API server asks us about every write; where we do not answer, it goes on (failurePolicy: Ignore)",
  look: {
    argv: [
      ...["kubectl", "get", "validatingwebhookconfiguration", name],
      ...["-o", "jsonpath={.webhooks[0].clientConfig.caBundle}"],
    ],
    is: (stdout) => stdout.trim() === /caBundle:\s*(\S+)/.exec(manifest)?.[1],
    some: anything,
  },
  make: { argv: ["kubectl", "apply", "-f", "-"], stdin: manifest },
  remove: { argv: ["kubectl", "delete", "validatingwebhookconfiguration", name, "--ignore-not-found"] },
});

export const admission: Distribution = {
  name: "admission",
  title: "Any cluster, by an admission webhook",
  doc: "The API server asks our admission webhook about every write, and is always told yes.",
  tools: ["kubectl", "curl"],
  options: [
    {
      name: "url",
      doc: "address of Tiercel's admission source, https://HOST:7767; API servers ask there, unless --service is told",
      required: true,
    },
    { name: "service", doc: "NAMESPACE/NAME of the Service by which API servers ask, its port 443" },
  ],
  route: "source",
  policy: "theirs",
  verifyWithinSecs: 30,
  plan: async (wish, world) => ({
    steps: await thingsPlan(world, [webhook(await registration(wish, world))]),
    notes: [
      "Admission sees no reads, nothing that is refused before it (401, 403), no outcome, and no change of webhook configurations: docs/guide/collect.md says what that means for rules.",
    ],
  }),
  // The webhook is known by its name: Tiercel may be gone already.
  undo: (_, world) => thingsUndo(world, [webhook("")]),
};
