/** Every distribution's plan as it is printed, where nothing can be seen; the list; what is typed wrongly. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { Config } from "../../config/schema.ts";
import { distributions } from "../../distributions/index.ts";
import { type DoFlags, listDistributions, turn } from "./enable.ts";
import { type Hosts, hosts, io } from "./hosts.kit.ts";

let at: Hosts;
beforeEach(() => {
  at = hosts();
});
afterEach(() => at.remove());

const token = "tiercel_0123456789abcdef";
const flags: DoFlags = { cluster: "prod", receiver: "https://10.0.0.5:7765", output: "text", yes: true };

describe.each(distributions.map(({ name }) => name))("%s, where nothing can be seen", (name) => {
  const more = {
    gke: { project: "p" },
    eks: { region: "eu-west-1", role: "tiercel" },
    aks: { "resource-group": "g", resourceGroup: "g" },
    gardener: { namespace: "garden-p" },
    admission: { url: "https://10.0.0.5:7767" },
    talos: { host: ["10.0.0.2"] },
  }[name as string];
  const dry = { ...flags, ...more, dryRun: true };

  test.each(["text", "json", "yaml", "sh"] as const)("a dry run prints its plan as %s", async (output) => {
    const out = io(at, { TIERCEL_INGEST_TOKEN: token });
    if (name === "rke")
      writeFileSync(
        join(at.folder, "cluster.yml"),
        "nodes:\n- {address: 10.0.0.2, user: u, role: [controlplane, etcd]}\n- {address: 10.0.0.3, user: u, role: [controlplane]}\n",
      );
    expect(
      await turn(
        "enable",
        name,
        { ...dry, ...(name === "rke" ? { file: join(at.folder, "cluster.yml") } : {}), output },
        out,
      ),
    ).toBe(0);
    expect(out.out()).not.toContain(token);
    if (output === "json" || output === "yaml") {
      const plan = parse(out.out());
      expect(plan.steps.length).toBeGreaterThan(0);
      expect(plan).toMatchObject({ distribution: name, cluster: "prod", action: "enable" });
    }
    const shown = out.out().replaceAll(at.folder, "HOME");
    if (output === "text") await expect(shown).toMatchFileSnapshot(`../../../fixtures/enable/${name}.txt`);
    if (output === "sh") {
      writeFileSync(join(at.folder, "plan.sh"), out.out());
      const { code, stderr } = await syntax(join(at.folder, "plan.sh"));
      expect(stderr).toBe("");
      expect(code).toBe(0);
    }
    expect(existsSync(join(at.folder, "state"))).toBe(false);
  });
});

async function syntax(path: string) {
  const { machine } = await import("./machine.ts");
  return machine({ env: at.env }).run({ via: "here", name: "" }, ["sh", "-n", path]);
}

test.each(["gke", "eks", "aks"])("%s: the source that the notes give is one that the server reads", async (name) => {
  const out = io(at);
  const options = { project: "my-project", region: "eu-west-1", resourceGroup: "g" };
  const mine = distributions.find((one) => one.name === name)?.options?.filter(({ required }) => required) ?? [];
  const given = Object.fromEntries(
    Object.entries(options).filter(([key]) => mine.some((one) => one.name.replace("-g", "G") === key)),
  );
  expect(await turn("enable", name, { ...flags, ...given, dryRun: true, output: "json" }, out)).toBe(0);
  const note = (JSON.parse(out.out()).notes as string[]).find((text) =>
    text.startsWith("The source for tiercel.yaml: "),
  );
  const source = parse(note?.slice(note.indexOf("{")) ?? "");
  expect(Config.safeParse({ sources: [source] }).error?.issues ?? []).toEqual([]);
});

test("the list names every distribution with what it takes", async () => {
  const out = io(at);
  expect(await listDistributions("text", out)).toBe(0);
  for (const { name, options = [] } of distributions) {
    expect(out.out()).toContain(name);
    for (const option of options) expect(out.out()).toContain(`--${option.name}`);
  }
});

test("old names work, unknown ones are answered with near ones", async () => {
  const out = io(at);
  expect(await turn("enable", "minikube-1.11", { ...flags, dryRun: true }, out)).toBe(0);
  expect(out.out()).toContain("audit.k8s.io/v1beta1");
  await expect(turn("enable", "kubeadmn", { ...flags, dryRun: true }, io(at))).rejects.toThrow("no distribution");
});
