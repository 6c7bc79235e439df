/** What a judge is given: the decoder, the rules of the moment, and redaction under a key that this data folder keeps. */
import { createHmac, hash, randomBytes } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { AuditEvent, Decoded } from "../domain/audit-event.ts";
import type { ClusterIds } from "../domain/cluster-name.ts";
import type { DecodeOptions } from "../domain/decode.ts";
import { redactEvent, redactUnreadable, type Seal, sealWith } from "../domain/redact.ts";
import { rowRedaction } from "../domain/redact-row.ts";
import { redactAlert } from "../domain/runtime-alert.ts";
import { decodeScanned } from "../domain/scan/index.ts";
import type { Signals } from "../domain/signals.ts";
import type { KeptJournal, State } from "../domain/store.ts";
import { auditCatalogue, auditSource } from "../engine/audit-world.ts";
import { type FastRules, fastRuleSet } from "../engine/fast/index.ts";
import type { RuleSet } from "../engine/index.ts";
import { type Events, eventsOf } from "../pipeline/events.ts";
import { type Judge, judge } from "../pipeline/judge.ts";
import type { Decide } from "../policies/index.ts";
import { isPackFile } from "./rule-files.ts";

export interface Judging {
  readonly state: Pick<State, "get" | "set">;
  readonly rules: () => RuleSet<AuditEvent>;
  readonly hostname: string;
  readonly signals: Signals;
  readonly decide: Decide;
  readonly matching: "first" | "all";
  readonly clusterIds: ClusterIds;
}

export async function judging({
  state,
  rules,
  hostname,
  signals,
  decide,
  matching,
  clusterIds,
}: Judging): Promise<Judge> {
  const seal = await sealOf(state);
  const current = fast(rules);
  return judge({
    decode: (body, receivedAt) => sealed(current().scanner.decode(body, { receivedAt }), seal),
    rules: current,
    redact: (event) => redactEvent(event, seal),
    redactRow: rowRedaction((event) => redactEvent(event, seal)),
    hash: (text) => hash("sha256", text, "hex").slice(0, 32),
    clusterIds,
    hostname,
    signals,
    decide,
    matching,
    isOurs: (rule) => isPackFile(rule.origin.file),
    now: () => Date.now(),
    clock: () => performance.now(),
    breathe: () => setImmediate(),
  });
}

/** The rules of the moment by the fast engine, which is planned anew when they change. */
function fast(rules: () => RuleSet<AuditEvent>): () => FastRules {
  let planned: { readonly plain: RuleSet<AuditEvent>; readonly fast: FastRules } | undefined;
  return () => {
    const plain = rules();
    if (planned?.plain !== plain) planned = { plain, fast: plannedRules(plain) };
    return planned.fast;
  };
}

/** Which of several matches counts is for policies to say, so all are answered. */
const plannedRules = (plain: RuleSet<AuditEvent>): FastRules =>
  fastRuleSet(plain, {
    catalogue: auditCatalogue(false),
    dialect: { falcoCompat: false },
    matching: "all",
    source: auditSource,
  });

/** Reads what the judge has judged, for those who look at it. */
export async function reading(state: State, journal: KeptJournal): Promise<Events> {
  const seal = await sealOf(state);
  return eventsOf({
    journal,
    decode: (body, receivedAt) => decodeScanned(body, { receivedAt } satisfies DecodeOptions),
    redact: (event) => redactEvent(event, seal),
    breathe: () => setImmediate(),
  });
}

/** What is no event goes to quarantine, which people look at: its secrets are sealed too. */
function* sealed(parts: Iterable<Decoded>, seal: Seal): Generator<Decoded> {
  for (const part of parts) {
    if (part.kind === "ignored" && part.alert !== undefined) yield { ...part, alert: redactAlert(part.alert, seal) };
    else if (part.kind !== "rejected") yield part;
    else yield { kind: "rejected", rejected: { ...part.rejected, raw: shownRaw(part.rejected.raw, seal) } };
  }
}

/** The text cannot choose to break the redaction and to take its whole batch with it; if it does, it is not shown. */
function shownRaw(raw: string, seal: Seal): string {
  try {
    return redactUnreadable(raw, seal);
  } catch (error) {
    return `not shown, since it could not be redacted: ${error instanceof Error ? error.message : error}`;
  }
}

/** Made at the first start and kept, so that a secret has the same seal for as long as the data lives. */
export async function sealOf(state: Pick<State, "get" | "set">): Promise<Seal> {
  const name = "redaction_key";
  let key = await state.get(name);
  if (key === undefined) {
    key = randomBytes(32).toString("hex");
    await state.set(name, key);
  }
  const secret = Buffer.from(key, "hex");
  return sealWith((text) => createHmac("sha256", secret).update(text).digest("hex"));
}
