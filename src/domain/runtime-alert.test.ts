import { expect, test } from "vitest";
import { decode } from "./decode.ts";
import { redactAlert } from "./runtime-alert.ts";
import { decodeScanned } from "./scan/index.ts";

const receivedAt = new Date("2026-03-01T12:00:00Z");
const parts = (text: string, by: typeof decode = decode) =>
  [...by(Buffer.from(text), { receivedAt })].map((part) =>
    part.kind === "ignored" ? part.alert : part.kind === "rejected" ? part.rejected.reason : part.kind,
  );

/** As Falco 0.4x posts it. */
const shell = {
  hostname: "node-1",
  output: "12:00:00.123456789: Notice A shell was spawned in a container (proc.cmdline=sh -c id k8s.pod.name=web)",
  output_fields: {
    "container.id": "3ad7b26ded6d",
    "evt.time": 1772366400123456789n,
    "k8s.ns.name": "shop",
    "k8s.pod.name": "web",
    "proc.cmdline": "sh -c id",
    "proc.tty": 34816,
    "user.name": "root",
  },
  priority: "Notice",
  rule: "Terminal shell in container",
  source: "syscall",
  tags: ["T1059", "container", "mitre_execution"],
  time: "2026-03-01T12:00:00.123456789Z",
};
const json = (value: unknown) =>
  JSON.stringify(value, (_, one) => (typeof one === "bigint" ? `#${one}#` : one)).replace(/"#(\d+)#"/g, "$1");

test("an alert is read whole: all digits of its time, numbers that a double cannot hold", () => {
  const [alert] = parts(json(shell));
  expect(alert).toEqual({
    ...{ rule: shell.rule, priority: "Notice", source: "syscall", output: shell.output, hostname: "node-1" },
    ...{ tags: shell.tags, time: "2026-03-01T12:00:00.123456789Z" },
    fields: { ...shell.output_fields, "evt.time": "1772366400123456789" },
  });
});

test("falcosidekick's payload, arrays and lines of alerts, audit events between them", () => {
  const sidekick = { uuid: "e4a7", ...shell, priority: "info", output_fields: { "k8s.ns.name": "shop" } };
  const event = {
    ...{ kind: "Event", apiVersion: "audit.k8s.io/v1", level: "Metadata", auditID: "a", stage: "ResponseComplete" },
    ...{ verb: "get", requestURI: "/", user: {}, stageTimestamp: "2026-03-01T12:00:00Z" },
  };
  for (const by of [decode, decodeScanned]) {
    expect(parts(`${json([shell, sidekick])}\n${json(event)}\n${json(shell)}\n`, by)).toMatchObject([
      { priority: "Notice" },
      { priority: "Informational", fields: { "k8s.ns.name": "shop" } },
      "event",
      { priority: "Notice" },
    ]);
  }
});

test("an alert without a time has that of its receipt; without a priority that exists it is unreadable", () => {
  expect(parts(json({ rule: "a", priority: "Warning", output: "b" }))).toMatchObject([
    { time: "2026-03-01T12:00:00.000000Z", source: "syscall", fields: {}, tags: [], hostname: null },
  ]);
  expect(parts(json({ ...shell, priority: "Loud" }))).toEqual(["an alert of Falco's whose priority is none: `Loud`"]);
  expect(parts(json({ ...shell, time: "noon" }))).toEqual([
    "an alert of Falco's whose time is no RFC 3339 time: `noon`",
  ]);
});

test("credentials in fields and in what is said are sealed alike", () => {
  const cmdline = "mysql --password hunter2 --user=app; curl -H 'Authorization: Bearer abc.def' DB_TOKEN=s3cr3t-x";
  const [alert] = parts(
    json({ ...shell, output: `ran (${cmdline})`, output_fields: { "proc.cmdline": cmdline, "app.token": "t0k" } }),
  );
  if (typeof alert !== "object") throw new Error("no alert");
  const { output, fields } = redactAlert(alert, (secret) => `redacted:${secret.length}`);
  for (const text of [output, String(fields["proc.cmdline"])]) {
    for (const secret of ["hunter2", "abc.def", "s3cr3t-x"]) expect(text).not.toContain(secret);
    expect(text).toContain("--user=app");
  }
  expect(fields["app.token"]).toBe("redacted:3");
});
