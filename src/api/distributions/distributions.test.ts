/** The plans that a browser is shown are those that the command prints where nothing can be seen. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { distributions } from "../../distributions/index.ts";
import type { Parts } from "../parts.ts";
import { distributionEndpoints } from "./endpoints.ts";
import { Distributions, PlanView, PlanWish } from "./schema.ts";

const fixtures = join(import.meta.dirname, "../../../fixtures/enable");
const [list, make] = distributionEndpoints as unknown as readonly [
  { respond(parts: Parts, asked: object): Promise<unknown> },
  { respond(parts: Parts, asked: object): Promise<unknown> },
];
const parts = {} as Parts;
const usual = { cluster: "prod", receiver: "https://10.0.0.5:7765" };
const plan = async (name: string, wish: z.input<typeof PlanWish> = usual) =>
  PlanView.parse(await make.respond(parts, { params: { name }, body: PlanWish.parse(wish) }));

const needed: Readonly<Record<string, Partial<z.input<typeof PlanWish>>>> = {
  gke: { options: { project: "p" } },
  eks: { options: { region: "eu-west-1", role: "tiercel" } },
  aks: { options: { "resource-group": "g" } },
  gardener: { options: { namespace: "garden-p" } },
  admission: { options: { url: "https://10.0.0.5:7767" } },
  talos: { hosts: ["10.0.0.2"] },
};

test("the list says of each kind what it takes", async () => {
  const { items } = Distributions.parse(await list.respond(parts, {}));
  expect(items.map(({ name }) => name)).toEqual(distributions.map(({ name }) => name));
  expect(items.find(({ name }) => name === "iks")?.options.find(({ name }) => name === "policy-kind")).toEqual({
    name: "policy-kind",
    doc: "IBM's policy: default (without most bodies) or verbose",
    required: false,
    default: "verbose",
    choices: ["default", "verbose"],
  });
});

/** What could not be seen is told in other words by a program that is missing than by nobody who looks. */
const comparable = (text: string): string =>
  text
    .split("\n")
    .filter((line) => !line.startsWith("not seen: "))
    .join("\n")
    .replaceAll("$HOME", "HOME");

describe.each(distributions.map(({ name }) => name))("%s", (name) => {
  test("its plan is the one that --dry-run prints, and holds no token", async () => {
    const { text, files, steps, unseen, command } = await plan(name, { ...usual, ...needed[name] });
    expect(steps.length).toBeGreaterThan(0);
    expect(command).toMatch(new RegExp(`^tiercel enable ${name} --cluster prod`));
    // The golden cluster file of RKE names two hosts, the typical one.
    if (name !== "rke") expect(comparable(text)).toBe(comparable(readFileSync(join(fixtures, `${name}.txt`), "utf8")));
    expect(files.at(-1)?.path).toBe("plan.sh");
    for (const { content, secret } of files) expect(content.includes("<token>")).toBe(secret);
    expect(unseen).toEqual([...new Set(unseen)]);
  });
});

test("hosts, a version and a level go into plan and command", async () => {
  const { command, text } = await plan("k3s", {
    ...usual,
    receiver: "https://gate.example/tiercel",
    hosts: ["root@cp1", "root@cp2"],
    kubernetes: "1.20",
    levelCap: "Metadata",
  });
  expect(command).toBe(
    "tiercel enable k3s --cluster prod --receiver https://gate.example/tiercel --host root@cp1 --host root@cp2 --kubernetes 1.20 --level-cap Metadata",
  );
  expect(text).toContain("For Kubernetes 1.20. Nothing deeper than Metadata");
  expect(text.match(/systemctl restart k3s/g)).toHaveLength(2);
});

test.each([
  ["nothing", usual, "there is no kind of cluster `nothing`"],
  ["eks", usual, "eks needs --region"],
  ["k3s", { ...usual, options: { region: "r" } }, "k3s has no option --region"],
  ["iks", { ...usual, options: { "policy-kind": "some" } }, "`some` is no value of --policy-kind"],
  ["k3s", { ...usual, receiver: "tiercel.tiercel.svc:7765" }, "it does not ask the cluster's DNS"],
  ["k3s", { ...usual, kubernetes: "1.9" }, "Kubernetes 1.9 is too old"],
  ["talos", usual, "no control-plane node is named"],
])("%s with %j: %s", async (name, wish, problem) => {
  await expect(plan(name, wish)).rejects.toThrow(problem);
});
