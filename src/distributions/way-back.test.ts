/** Of every kind that changes files: done twice is done once, and undone is as before, byte for byte. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { auditPolicy } from "./audit-policy.ts";
import { k0s } from "./k0s.ts";
import { k3s } from "./k3s.ts";
import { kops, putKops, stripKops } from "./kops.ts";
import { kubeadm } from "./kubeadm.ts";
import { openshift311 } from "./openshift-3.ts";
import type { Distribution, FileStep, Step, Wish, World } from "./plan/contract.ts";
import * as files from "./plan/starting-files.kit.ts";
import { putRke, rke, stripRke } from "./rke.ts";
import { rke2 } from "./rke2.ts";
import { putTalos, stripTalos, talos } from "./talos.ts";

const wish: Wish = {
  cluster: "prod",
  receiver: "https://10.0.0.5:7765/k8s_audit/prod",
  token: "tiercel_0123456789abcdef",
  policy: auditPolicy(),
  hosts: ["cp1"],
  options: {},
};

/** Files of one host, in memory; originals are kept as on a host, and can be lost. */
function host(start: Readonly<Record<string, string>>) {
  const now = new Map(Object.entries(start));
  const kept = new Map<string, { before: string; after: string }>();
  const world: World = {
    home: "/root",
    ask: async (_, assumed) => assumed,
    try: async (argv) => {
      const folder = /^ls (\S+)/.exec(argv[2] ?? "")?.[1];
      if (folder === undefined) return { code: 1, stdout: "", stderr: "" };
      const names = [...now.keys()]
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1));
      return { code: 0, stdout: names.join("\n"), stderr: "" };
    },
    read: async (_, path) => now.get(path) ?? null,
    original: async (_, path, current) => {
      const one = kept.get(path);
      return one?.after === current ? one.before : null;
    },
    kept: async () => undefined,
    recorded: async () => false,
    assume: () => {},
  };
  const write = ({ path, before, after, original }: FileStep) => {
    expect(now.get(path) ?? null).toBe(before);
    if (original === "save" && after !== null) {
      const first = kept.get(path)?.before ?? before;
      if (first !== null) kept.set(path, { before: first, after });
    }
    if (original === "drop" || original === "aside") kept.delete(path);
    if (after === null) now.delete(path);
    else now.set(path, after);
  };
  return {
    world,
    forget: () => kept.clear(),
    files: () => Object.fromEntries([...now].filter(([path]) => path in start || !/audit|webhook|policy/.test(path))),
    all: () => Object.fromEntries(now),
    do: (steps: readonly Step[]) => {
      for (const step of steps) if (step.kind === "file") write(step);
    },
  };
}

const onHosts: readonly { readonly one: Distribution; readonly path: string; readonly bases: readonly string[] }[] = [
  { one: kubeadm, path: "/etc/kubernetes/manifests/kube-apiserver.yaml", bases: files.manifests },
  { one: k3s, path: "/etc/rancher/k3s/config.yaml", bases: files.rancher },
  { one: k3s, path: "/etc/rancher/k3s/config.yaml.d/10-x.yaml", bases: files.rancher.slice(1) },
  { one: rke2, path: "/etc/rancher/rke2/config.yaml", bases: files.rancher },
  { one: rke2, path: "/etc/rancher/rke2/config.yaml.d/10-x.yaml", bases: files.rancher.slice(1) },
  { one: k0s, path: "/etc/k0s/k0s.yaml", bases: files.k0sConfigs },
  { one: openshift311, path: "/etc/origin/master/master-config.yaml", bases: files.masterConfigs },
  { one: rke, path: "cluster.yml", bases: files.rkeFiles },
];

describe.each(onHosts)("$one.name, $path", ({ one, path, bases }) => {
  test("apply twice is apply once, and apply then disable is the start, byte for byte", async () => {
    await fc.assert(
      fc.asyncProperty(files.lived(bases), async (text) => {
        if (one === rke && !/controlplane/.test(text)) return;
        const start = text === "" ? {} : { [path]: text };
        const at = host(start);
        const first = await one.plan(wish, at.world);
        expect(first.steps.length).toBeGreaterThan(0);
        at.do(first.steps);
        expect(JSON.stringify(at.all())).toContain("webhook");
        for (const [name, file] of Object.entries(at.files())) if (name.endsWith("yaml")) parse(file);
        expect((await one.plan(wish, at.world)).steps).toEqual([]);
        at.do((await one.undo(wish, at.world)).steps);
        expect(at.all()).toEqual(start);
        expect((await one.undo(wish, at.world)).steps).toEqual([]);
      }),
      { numRuns: 12 },
    );
  });

  // OpenShift's auditConfig is replaced as a whole; only the kept original knows what it said.
  test.skipIf(one === openshift311)(
    "the original lost, what is ours is taken out, and the rest is as it was",
    async () => {
      await fc.assert(
        fc.asyncProperty(files.lived(bases), async (text) => {
          const start = text === "" ? {} : { [path]: text };
          const at = host(start);
          at.do((await one.plan(wish, at.world)).steps);
          at.forget();
          at.do((await one.undo(wish, at.world)).steps);
          const back = at.all()[path];
          // A single value had to become a list of one, an empty member a map.
          if (/^kube-apiserver-arg: v=2/m.test(text)) expect(parse(back ?? "")["kube-apiserver-arg"]).toEqual(["v=2"]);
          else if (hasEmptyMember(text)) expect(withoutEmpty(parse(back ?? ""))).toEqual(withoutEmpty(parse(text)));
          else expect(back).toBe(start[path]);
        }),
        { numRuns: 12 },
      );
    },
  );
});

/** `api:` with nothing behind it. */
const hasEmptyMember = (text: string): boolean => JSON.stringify(parse(text)).includes(":null");
function withoutEmpty(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const left = Object.entries(value)
    .map(([key, member]) => [key, withoutEmpty(member)] as const)
    .filter(([, member]) => member !== null && member !== undefined && JSON.stringify(member) !== "{}");
  return Object.fromEntries(left);
}

const asTexts: readonly {
  readonly name: string;
  readonly bases: readonly string[];
  readonly put: (text: string) => string;
  readonly strip: (text: string) => string;
}[] = [
  { name: kops.name, bases: files.kopsSpecs, put: (text) => putKops(text, wish, 28), strip: stripKops },
  { name: rke.name, bases: files.rkeFiles, put: (text) => putRke(text, wish), strip: stripRke },
  {
    name: talos.name,
    // What takes the place of Talos' own policy is put back by what is kept: enable-machines.test.ts.
    bases: files.talosConfigs.slice(1),
    put: (text) => putTalos(text, wish),
    strip: (text) => stripTalos(text, wish),
  },
];

test.each(asTexts)(
  "$name: put in twice is put in once, and taken out is as before, byte for byte",
  ({ bases, put, strip }) => {
    fc.assert(
      fc.property(files.lived(bases), (text) => {
        const after = put(text);
        parse(after);
        expect(after).not.toBe(text);
        expect(put(after)).toBe(after);
        if (hasEmptyMember(text)) expect(withoutEmpty(parse(strip(after)))).toEqual(withoutEmpty(parse(text)));
        else expect(strip(after)).toBe(text);
      }),
      { numRuns: 40 },
    );
  },
);
