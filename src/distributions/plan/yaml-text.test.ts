import fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { addItem, readYaml, removeYaml, setYaml } from "./yaml-text.ts";

const manifest = `# Written by hand, with care.
apiVersion: v1
kind: Pod
spec:
    containers:
    -   name: kube-apiserver   # the only one
        command:
        - kube-apiserver
        - --secure-port=6443   # usual
        # the last flag
        - --v=2
        volumeMounts: [{name: k8s-certs, mountPath: /etc/kubernetes/pki}]
    # volumes come last
    volumes:
    - name: k8s-certs
      hostPath: {path: /etc/kubernetes/pki}
status: {}
`;
const command = ["spec", "containers", { name: "kube-apiserver" }, "command"];

test("an item comes behind the last, and nothing else moves", () => {
  const after = addItem(manifest, command, "--audit-policy-file=/p");
  expect(after).toBe(manifest.replace("        - --v=2\n", "        - --v=2\n        - --audit-policy-file=/p\n"));
  expect(removeYaml(after, [...command, "--audit-policy-file=/p"])).toBe(manifest);
});

test("an item of a list in one line comes into that line", () => {
  const path = ["spec", "containers", { name: "kube-apiserver" }, "volumeMounts"];
  const after = addItem(manifest, path, { name: "tiercel", mountPath: "/a" });
  expect(readYaml(after, path)).toEqual([
    { name: "k8s-certs", mountPath: "/etc/kubernetes/pki" },
    { name: "tiercel", mountPath: "/a" },
  ]);
  expect(removeYaml(after, [...path, { name: "tiercel" }])).toBe(manifest);
});

test("an item by its name is put in as a whole, and taken out as a whole", () => {
  const after = setYaml(manifest, ["spec", "volumes", { name: "tiercel" }, "hostPath"], {
    path: "/a",
    type: "Directory",
  });
  expect(readYaml(after, ["spec", "volumes", { name: "tiercel" }])).toEqual({
    name: "tiercel",
    hostPath: { path: "/a", type: "Directory" },
  });
  expect(removeYaml(after, ["spec", "volumes", { name: "tiercel" }])).toBe(manifest);
});

test("a value is changed where it stands, its comment stays", () => {
  const text = "a: 1 # one\nb:\n  c: x\n";
  expect(setYaml(text, ["a"], 2)).toBe("a: 2 # one\nb:\n  c: x\n");
  expect(setYaml(text, ["b", "d"], "y")).toBe("a: 1 # one\nb:\n  c: x\n  d: y\n");
  expect(setYaml("b:\n", ["b", "d"], "y")).toBe("b:\n  d: y\n");
  expect(setYaml("b:   # nothing yet\nz: 1\n", ["b", "d"], "y")).toContain("z: 1");
  expect(setYaml("", ["b", "d"], ["y"])).toBe("b:\n  d:\n  - y\n");
  expect(setYaml("# only a comment\n", ["b"], 1)).toBe("# only a comment\nb: 1\n");
});

test("what was made above is taken away with the last of it", () => {
  expect(removeYaml("a: 1\nb:\n  c:\n    d: 1\n", ["b", "c", "d"])).toBe("a: 1\n");
  expect(removeYaml("a: 1\n", ["b", "c"])).toBe("a: 1\n");
});

test("an alias is not written through, and broken YAML is not changed", () => {
  expect(() => setYaml("a: &x {b: 1}\nc: *x\n", ["c", "d"], 1)).toThrow(/alias/);
  expect(() => setYaml("a: [1\n", ["b"], 1)).toThrow(/cannot be read/);
});

test("put in and taken out again, any text is what it was", () => {
  const key = fc.constantFrom("a", "b", "c", "d", "e");
  const leaf = fc.oneof(fc.integer(), fc.constantFrom("x", "y z", "", "- no", "# no"), fc.constant(null), fc.boolean());
  const tree = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      leaf,
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(key, tie("value"), { maxKeys: 3 }),
    ),
  })).value;
  fc.assert(
    fc.property(
      fc.dictionary(key, tree, { minKeys: 1 }),
      fc.constantFrom(1, 2, 4),
      fc.boolean(),
      (data, indent, comments) => {
        const plain = Object.entries(data).map(([name, value]) => {
          const text = JSON.stringify({ [name]: value }, null, indent === 1 ? undefined : indent);
          return indent === 1
            ? `${name}: ${JSON.stringify(value)}`
            : `${name}: ${text.slice(text.indexOf(":") + 1, -1).trim()}`;
        });
        const text = `${plain.join(comments ? "\n# between - : {\n" : "\n")}\n`;
        const after = setYaml(text, ["tiercel", "on"], true);
        expect(parse(after)).toEqual({ ...(parse(text) as object), tiercel: { on: true } });
        expect(removeYaml(after, ["tiercel", "on"])).toBe(text);
      },
    ),
  );
});
