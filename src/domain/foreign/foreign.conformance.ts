/** What each provider sends against the events it must become. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decode } from "../decode.ts";
import { gkeLacks } from "./gke.ts";

const root = join(
  process.env.TIERCEL_CONFORMANCE ?? join(import.meta.dirname, "../../../../shared/conformance"),
  "providers",
);
const has = existsSync(root);
const read = (...path: string[]) => readFileSync(join(root, ...path), "utf8").replace(/^\uFEFF/, "");
const list = (...path: string[]) => (has ? readdirSync(join(root, ...path)).sort() : []);
const json = (...path: string[]) => JSON.parse(read(...path));
const lines = (...path: string[]) =>
  read(...path)
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
const kept = (event: Record<string, unknown>) => ({ ...event, auditID: undefined });

function decoded(text: string, receivedAt = new Date(0)) {
  const parts = [...decode(new TextEncoder().encode(text), { receivedAt })];
  return {
    events: parts.flatMap((part) => (part.kind === "event" ? [JSON.parse(part.event.raw)] : [])),
    rejected: parts.flatMap((part) => (part.kind === "rejected" ? [part.rejected.reason] : [])),
    ignored: parts.flatMap((part) => (part.kind === "ignored" ? [part.reason] : [])),
    clusters: [...new Set(parts.flatMap((part) => (part.kind === "event" ? [part.cluster?.name] : [])))],
  };
}

describe.skipIf(!has)("GKE", () => {
  for (const folder of ["swb", "panther", "edge"]) {
    for (const file of list("gke", folder).filter((name) => /\.logentr(y|ies)\.json$/.test(name))) {
      test(`${folder}/${file}`, () => {
        const { events, rejected } = decoded(read("gke", folder, file));
        const expected = json("gke", folder, file.replace(/\.logentr(y|ies)\.json$/, ".expected-recommended.json"));
        expect(rejected).toEqual([]);
        const wanted = [expected].flat();
        const whole = folder !== "panther";
        expect(whole ? events : events.map(kept)).toEqual(whole ? wanted : wanted.map(kept));
      });
    }
  }
  test.each([1, 2])("Pub/Sub, page %i, pulled", (page) => {
    expect(decoded(read("gke/pubsub", `pull-${page}.json`)).events).toEqual(
      lines("gke/pubsub", `expected-${page}.ndjson`),
    );
  });
  test("entries.list pages", () => {
    const pages = [1, 2, 3].map((page) => read("gke/entries-list", `page-${page}.json`)).join("\n");
    expect(decoded(pages).events).toEqual(lines("gke/entries-list/expected.ndjson"));
  });
  test("what is said to be lacking is in no event", () => {
    const files = ["swb", "panther", "edge"].flatMap((folder) =>
      list("gke", folder)
        .filter((name) => /\.logentr(y|ies)\.json$/.test(name))
        .map((name) => read("gke", folder, name)),
    );
    const all = files.flatMap((text) => decoded(text).events);
    expect(all.length).toBeGreaterThan(25);
    const at = (event: unknown, pointer: string) =>
      pointer
        .split("/")
        .slice(1)
        .reduce((value, name) => (value as Record<string, unknown> | undefined)?.[name], event);
    for (const event of all) for (const pointer of gkeLacks) expect(at(event, pointer), pointer).toBeUndefined();
    // And what it does carry is not said to be lacking.
    expect(all.some((event) => at(event, "/user/username") !== undefined)).toBe(true);
  });
  test("incomplete entries are converted or refused with a reason", () => {
    for (const file of list("gke/robustness")) {
      const { events, rejected, ignored } = decoded(read("gke/robustness", file));
      expect(events.length + rejected.length + ignored.length, file).toBeGreaterThan(0);
    }
  });
});

describe.skipIf(!has)("EKS", () => {
  test.each(list("eks/subscription"))("subscription %s", (set) => {
    expect(decoded(read("eks/subscription", set, "decoded.json")).events).toEqual(
      lines("eks/subscription", set, "expected.ndjson"),
    );
    expect(decoded(read("eks/subscription", set, "control-message.json"))).toMatchObject({
      events: [],
      rejected: [],
      ignored: ["a control message of CloudWatch"],
    });
  });
  test.each(list("eks/filter-log-events"))("pages %s", (set) => {
    const pages = list("eks/filter-log-events", set).filter((name) => name.endsWith(".json"));
    const { events, rejected } = decoded(pages.map((page) => read("eks/filter-log-events", set, page)).join("\n"));
    const ids = (all: { auditID: string; stage: string }[]) => new Set(all.map((one) => `${one.auditID} ${one.stage}`));
    expect(ids(events)).toEqual(ids(lines("eks/filter-log-events", set, "expected.ndjson")));
    expect(rejected.filter((reason) => reason.startsWith("cut off"))).toHaveLength(1);
  });
});

describe.skipIf(!has)("AKS", () => {
  test.each(list("aks/edge"))("edge %s", (set) => {
    const { events, rejected, ignored, clusters } = decoded(read("aks/edge", set, "eventhub-body.json"));
    expect(clusters).toEqual(["demo"]);
    expect(events).toEqual(lines("aks/edge", set, "expected.ndjson"));
    expect(rejected.length + ignored.length).toBe(json("aks/edge", set, "expected-rejected.json").length);
  });
  test.each(list("aks/upstream").filter((name) => name.endsWith(".ndjson")))("upstream %s", (file) => {
    const { events } = decoded(read("aks/upstream", file.replace(".expected.ndjson", ".json")));
    expect(events).toEqual(lines("aks/upstream", file));
  });
  test("incomplete records are converted or refused with a reason", () => {
    for (const file of list("aks/robustness")) {
      const { events, rejected, ignored } = decoded(read("aks/robustness", file));
      expect(events.length + rejected.length + ignored.length, file).toBe(1);
    }
  });
});

describe.skipIf(!has)("OpenShift", () => {
  test("ViaQ: the audit level is the event's own, and the collector's keys are gone", () => {
    const { events, clusters } = decoded(read("openshift/logsamples/viaq_audit_kubernetes.json"));
    expect(clusters).toEqual(["d24a392b-dd87-4eb8-a1a9-7384423567e3"]);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ level: "Metadata", verb: "watch" });
    expect(Object.keys(events[0])).not.toContain("log_type");
  });
  test("ViaQ: an array and lines say the same, with other logs between", () => {
    const read1 = (name: string) => JSON.stringify(json("openshift/logsamples", name));
    const all = ["viaq_audit_host.json", "viaq_audit_kubernetes.json", "viaq_audit_ovn.json"].map(read1);
    const array = decoded(`[${all.join(",")}]`);
    expect(decoded(`${all.join("\n")}\n`)).toEqual(array);
    expect(array).toMatchObject({
      events: [{ level: "Metadata" }],
      rejected: [],
      ignored: ["a log record of auditd", "a log record of ovn"],
      clusters: ["d24a392b-dd87-4eb8-a1a9-7384423567e3"],
    });
  });
  test("OTLP: a record's body is the native event, text for text", () => {
    const payload = read("openshift/logsamples/otlp_audit_kube.json");
    type Otlp = { resourceLogs: { scopeLogs: { logRecords: { body: { stringValue: string } }[] }[] }[] };
    const native = (JSON.parse(payload) as Otlp).resourceLogs
      .flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords))
      .map(({ body }) => JSON.parse(body.stringValue));
    expect(native.length).toBeGreaterThan(1);
    expect(decoded(payload)).toEqual({
      events: native,
      rejected: [],
      ignored: [],
      clusters: ["b8af9b52-4ef1-444a-9b62-3b7bd2ab02f6"],
    });
    const others = decoded(payload.replaceAll('"kubeAPI"', '"auditd"'));
    expect(others.ignored).toEqual(native.map(() => "a log record of auditd"));
    expect(decoded(payload.replace('"stringValue": "{', '"bytesValue": "{')).rejected).toHaveLength(1);
  });
  test.each([
    ["viaq_audit_host.json", "a log record of auditd"],
    ["viaq_audit_ovn.json", "a log record of ovn"],
  ])("%s is counted and dropped", (file, reason) => {
    const record = read("openshift/logsamples", file);
    expect(decoded(`[${record},${record}]`)).toEqual({
      events: [],
      clusters: [],
      rejected: [],
      ignored: [reason, reason],
    });
  });
});

describe.skipIf(!has)("admission", () => {
  // The second review of a pod's delete is the source's to recognise: a decoder knows one payload at a time.
  test.each(list("admission/live-pairs"))("%s", (file) => {
    const { admissionReviews, expectedFromAdmission } = json("admission/live-pairs", file);
    const events = admissionReviews.flatMap(({ receivedAt, review }: { receivedAt: string; review: unknown }) =>
      decoded(JSON.stringify(review), new Date(receivedAt)).events.map((event) => ({
        ...event,
        requestReceivedTimestamp: receivedAt,
        stageTimestamp: receivedAt,
      })),
    );
    expect(events.slice(0, expectedFromAdmission.length)).toEqual(expectedFromAdmission);
  });
  test("reviews of other projects are converted", () => {
    expect(decoded(read("admission/kube-audit-rest/reviews.ndjson")).rejected).toEqual([]);
  });
});
