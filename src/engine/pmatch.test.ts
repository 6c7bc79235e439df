import { expect, test } from "vitest";
import { pmatch } from "./pmatch.ts";

test.each<[string, string[], boolean]>([
  ["/etc/passwd", ["/etc"], true],
  ["/etcd", ["/etc"], false],
  ["/etc", ["/etc"], true],
  ["/etc", ["/etc/"], true],
  ["/etc/x", ["etc"], true],
  ["etc/x", ["/etc"], true],
  ["/etc/a/b", ["//etc//a"], true],
  ["/etc", ["/Etc"], false],
  ["/etc/../x", ["/etc/.."], true],
  ["/a", ["/a/b"], false],
  ["/etc/a", ["/e*"], true],
  ["/etc/b/a", ["/e*/a"], false],
  ["/opt/dir/subdir/file", ["/opt/di?/subdir"], true],
  ["/opt/dir/subdir/file", ["/opt/di/subdir"], false],
  ["/a", [""], true],
  ["", ["/"], true],
  ["/a", [], false],
  ["", ["/a"], false],
  ["/a/b/c", ["/*/x", "/a*/b/c"], true],
  ["/a/b/c", ["/*/x", "/a*/c"], false],
])("%s under %j: %s", (path, patterns, answer) => {
  expect(pmatch(patterns)(path)).toBe(answer);
});
