/** What an AuditSink of Kubernetes 1.13 to 1.18 posts, in each version of the API: kept by the webhook, judged as v1 is. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decode } from "../domain/decode.ts";
import type { Source } from "../domain/source.ts";
import { webhook } from "../sources/webhook.ts";
import { webhookConfig } from "../sources/webhook-config.ts";
import { kitWorld } from "../sources/world.kit.ts";
import { testIo } from "./io.kit.ts";
import { run } from "./run.ts";

const root = resolve(process.env.TIERCEL_CONFORMANCE ?? "../shared/conformance");
const folder = join(root, "providers/native/webhook-posts");
const official = join(root, "falco/rules/k8s_audit_rules.yaml");
const present = existsSync(folder) && existsSync(official);

interface Event {
  readonly objectRef?: { readonly apiGroup?: string; readonly apiVersion?: string };
  readonly requestReceivedTimestamp: string;
  readonly stageTimestamp: string;
}

interface List {
  readonly kind: string;
  readonly apiVersion: string;
  readonly items: readonly Event[];
}

/** Real posts of an API server of today. */
const posts: readonly List[] = !present
  ? []
  : readdirSync(folder)
      .sort()
      .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")).body as List)
      .filter(({ kind }) => kind === "EventList");

/** As the API of then spells it (reference 04 §1.3); before 1.10 its times had no fractions. */
function spelled(list: List, version: "v1" | "v1beta1" | "v1alpha1", withFractions: boolean): List {
  if (version === "v1") return list;
  const second = (time: string) => `${time.slice(0, 19)}Z`;
  const items = list.items.map((event) => {
    const { objectRef, requestReceivedTimestamp, stageTimestamp, ...rest } = event;
    const { apiGroup, apiVersion, ...object } = objectRef ?? {};
    const joined = apiGroup === undefined ? apiVersion : `${apiGroup}/${apiVersion}`;
    return {
      metadata: { creationTimestamp: second(stageTimestamp) },
      timestamp: second(requestReceivedTimestamp),
      ...rest,
      ...(objectRef !== undefined && {
        objectRef: version === "v1alpha1" && joined !== undefined ? { ...object, apiVersion: joined } : objectRef,
      }),
      ...(withFractions && { requestReceivedTimestamp, stageTimestamp }),
    } as Event;
  });
  return { ...list, apiVersion: `audit.k8s.io/${version}`, items };
}

describe.skipIf(!present)("an AuditSink's posts", () => {
  const world = kitWorld("webhook");
  let source: Source;
  beforeAll(async () => {
    source = webhook.open(webhookConfig.parse({ listen: "127.0.0.1:0" }), world);
    await source.start();
  });
  afterAll(() => source.stop());

  async function kept(lists: readonly List[]): Promise<string> {
    world.kept.length = 0;
    for (const list of lists) {
      const headers = { "content-type": "application/json", "user-agent": "Go-http-client/1.1" };
      const answer = await fetch(`${source.address}/k8s_audit/old`, {
        method: "POST",
        headers,
        body: JSON.stringify(list),
      });
      expect(answer.status).toBe(200);
    }
    return world.kept.map(({ text }) => text).join("\n");
  }
  const events = (text: string) =>
    [...decode(Buffer.from(text))].map((part) => {
      if (part.kind !== "event") throw new Error(`a part is ${part.kind}`);
      const { metadata: _, timestamp: __, ...event } = JSON.parse(part.event.root.compact());
      return event;
    });
  async function alerts(text: string) {
    const io = testIo({ stdin: text });
    expect(await run(["replay", "-q", "--all", "-o", "json", "-r", official, "-"], io), io.err()).toBe(0);
    return io
      .out()
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }

  test.each(["v1beta1", "v1alpha1"] as const)(
    "%s is read as v1 is, event for event, alert for alert",
    async (version) => {
      const today = await kept(posts);
      const then = await kept(posts.map((list) => spelled(list, version, true)));
      expect(then).toContain(`"audit.k8s.io/${version}"`);
      expect(events(today).length).toBeGreaterThan(50);
      expect(events(then)).toEqual(events(today));
      const wanted = await alerts(today);
      expect(wanted.length).toBeGreaterThan(5);
      expect(await alerts(then)).toEqual(wanted);
    },
  );

  test("without fractions of a second, too: the second counts", async () => {
    const seconds = (event: Event) => ({
      ...event,
      requestReceivedTimestamp: `${event.requestReceivedTimestamp.slice(0, 19)}Z`,
      stageTimestamp: `${event.stageTimestamp.slice(0, 19)}Z`,
    });
    const today = events(await kept(posts));
    expect(events(await kept(posts.map((list) => spelled(list, "v1alpha1", false))))).toEqual(today.map(seconds));
  });
});
