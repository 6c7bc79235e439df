import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AuditPolicy, readPolicy, recorded } from "../../coverage/index.ts";
import { auditPolicy } from "../../distributions/audit-policy.ts";
import { decode } from "../../domain/decode.ts";
import { hasPeer } from "../../sources/peers.kit.ts";
import { askAll, auditId, grounds, requests } from "./asked-requests.kit.ts";
import { auditLog, type LoggedEvent } from "./audit-log.kit.ts";
import { type ControlPlane, controlPlane, peer } from "./control-plane.kit.ts";
import { kubeadmManifest } from "./kubeadm-manifest.kit.ts";

const policy = (rules: string, head = "") => `apiVersion: audit.k8s.io/v1\nkind: Policy\n${head}rules:\n${rules}\n`;

const policies: readonly { readonly name: string; readonly text: string }[] = [
  { name: "ours", text: auditPolicy({ kubernetes: "1.37" }) },
  { name: "ours, no deeper than Metadata", text: auditPolicy({ kubernetes: "1.37", levelCap: "Metadata" }) },
  {
    name: "stars, names and parts",
    text: policy(`- {level: RequestResponse, resources: [{group: "", resources: ["pods/*"]}]}
- {level: Request, resources: [{group: "", resources: ["*/token", "*/status"]}, {group: apps, resources: ["*/scale"]}]}
- {level: None, resources: [{group: "", resources: ["*/*"]}]}
- {level: Metadata, resources: [{group: "", resources: [configmaps, secrets], resourceNames: [c, s]}]}
- {level: Request, resources: [{group: "", resources: [nodes/proxy, services/proxy]}]}
- {level: RequestResponse, verbs: ["*"], resources: [{group: ""}]}
- {level: None, resources: [{group: "", resources: [nodes]}]}
- {level: Metadata, resources: [{group: "*", resources: [deployments, widgets, leases]}]}
- {level: Metadata, nonResourceURLs: ["/healthz*", /api, "/apis*", "/readyz"]}
`),
  },
  {
    name: "namespaces and verbs",
    text: policy(`- {level: Request, namespaces: [kube-system]}
- {level: Metadata, namespaces: [""], verbs: [list, get]}
- {level: RequestResponse, namespaces: [shop], verbs: [create, update, patch, deletecollection]}
- {level: Metadata, verbs: [watch, head, post, options, ""]}
- {level: None, verbs: [get], resources: [{group: "", resources: ["*"]}]}
- {level: Request}
`),
  },
  {
    name: "callers",
    text: policy(`- {level: Request, users: [alice]}
- {level: RequestResponse, users: [bob]}
- {level: Metadata, userGroups: ["system:unauthenticated"]}
- {level: None, userGroups: [developers, "system:authenticated"], verbs: [get]}
- {level: Metadata, userGroups: ["system:masters"]}
`),
  },
  {
    name: "stages and managed fields",
    text: policy(
      `- {level: RequestResponse, verbs: [create], omitManagedFields: false, omitStages: [ResponseComplete]}
- {level: RequestResponse, verbs: [patch], omitManagedFields: false}
- {level: RequestResponse, verbs: [update, get], omitStages: [ResponseStarted, RequestReceived]}
- {level: Metadata, omitStages: [Panic]}
`,
      "omitManagedFields: true\nomitStages: [RequestReceived]\n",
    ),
  },
];

/** What is seen of a request: its stages with their levels and bodies. */
interface Trace {
  readonly stage: string;
  readonly level: string;
  readonly request: boolean;
  readonly response: boolean;
  /** Whether its answer tells who owns which field. */
  readonly managed: boolean;
}

interface Bodies {
  readonly requestObject?: unknown;
  readonly responseObject?: unknown;
}

const traceOf = (line: string): Trace => {
  const { stage, level, requestObject, responseObject } = JSON.parse(line) as LoggedEvent & Bodies;
  return {
    stage,
    level,
    request: requestObject !== undefined,
    response: responseObject !== undefined,
    managed: JSON.stringify(responseObject ?? null).includes('"managedFields"'),
  };
};

describe.skipIf(!hasPeer(peer))("the levels of a real API server and ours", () => {
  let folder: string;
  let plane: ControlPlane;
  let runs = 0;
  /** What is recorded where everything is, by audit id. */
  let whole: ReadonlyMap<string, readonly string[]>;
  let statuses: readonly number[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "tiercel-levels-"));
    plane = await controlPlane(folder);
    await plane.run(kubeadmManifest);
    await grounds(plane);
    ({ lines: whole, statuses } = await under(policy("- level: RequestResponse")));
  }, 300_000);
  afterAll(async () => {
    await plane?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** All requests under a policy: the lines that the API server logged, by audit id. */
  async function under(text: string) {
    const [file, log] = [join(folder, `policy-${++runs}.yaml`), join(folder, `audit-${runs}.log`)];
    writeFileSync(file, text);
    await plane.run(kubeadmManifest, { "audit-policy-file": file, "audit-log-path": log });
    const statuses = await askAll(plane);
    // Its last events are written when it has ended.
    await plane.halt();
    const lines = new Map<string, string[]>();
    for (const event of auditLog(log))
      lines.set(event.auditID, [...(lines.get(event.auditID) ?? []), JSON.stringify(event)]);
    return { lines, statuses };
  }

  test("every request is recorded where everything is", () => {
    expect(requests.filter((_, at) => !whole.has(auditId(at)))).toEqual([]);
    expect(statuses.filter((status) => status === 500)).toEqual([]);
  });

  test.for(policies)("$name", { timeout: 300_000 }, async ({ text }) => {
    const read = readPolicy({ name: "p", text });
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    const { lines, statuses: these } = await under(text);
    expect(these).toEqual(statuses);
    const differing = requests.flatMap(({ method = "GET", path }, at) => {
      const [ours, theirs] = [foretold(read.policy, at), (lines.get(auditId(at)) ?? []).map(traceOf)];
      return JSON.stringify(ours) === JSON.stringify(theirs)
        ? []
        : [{ request: `${at}: ${method} ${path}`, ours, theirs }];
    });
    expect(differing).toEqual([]);
  });

  /** What our reading of the policy leaves of the events. */
  function foretold(read: AuditPolicy, at: number): readonly Trace[] {
    return (whole.get(auditId(at)) ?? []).flatMap((line) => {
      const [part] = decode(new TextEncoder().encode(line), { falcoCompat: false });
      if (part?.kind !== "event") throw new Error(`not read: ${line}`);
      const text = recorded(read, part.event);
      return text === undefined ? [] : [traceOf(text)];
    });
  }
});
