import { expect, test } from "vitest";
import { greeting } from "./greeting.ts";

const told = {
  ...{
    version: "1",
    configFile: undefined,
    api: "http://127.0.0.1:7766",
    dataDir: "./data",
    rules: 1,
    ruleProblems: 0,
  },
  ...{ tokenFile: undefined, demo: false, login: undefined, command: "tiercel" },
};
const push = { name: "pubsub-push", address: "http://127.0.0.1:7769" };

test("an event of one's own is posted to a webhook, and to no other source that listens", () => {
  const alone = greeting({ ...told, ingest: [], others: [push] });
  expect(alone).toContain("  pubsub-push http://127.0.0.1:7769\n");
  expect(alone).not.toContain("k8s_audit");
  const both = greeting({ ...told, ingest: ["http://127.0.0.1:7765"], others: [push] });
  expect(both).toContain("  ingest  http://127.0.0.1:7765/k8s_audit\n");
  expect(both).toContain("curl -sS http://127.0.0.1:7765/k8s_audit -d");
});
