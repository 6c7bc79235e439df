/** A small server to be killed: webhook, journal, follower and index on a data directory, as `serve` wires them. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { setImmediate, setTimeout } from "node:timers/promises";
import type { AuditEvent } from "../domain/audit-event.ts";
import { decode } from "../domain/decode.ts";
import { silence } from "../domain/signals.ts";
import type { Index, Journal } from "../domain/store.ts";
import type { RuleSet } from "../engine/contract.ts";
import { webhook } from "../sources/index.ts";
import { openIndex } from "../stores/index/index.ts";
import { openFileJournal } from "../stores/journal/index.ts";
import { type Follower, follower } from "./follower.ts";
import { judge } from "./judge.ts";

/** Every `delete` is told of. */
const rules: RuleSet<AuditEvent> = {
  rules: [],
  judge: (event) =>
    event.at("verb")?.text() === "delete"
      ? ([
          {
            rule: { name: "Deleted", priority: "Notice", source: "k8s_audit", tags: [] },
            message: "gone",
            fields: new Map(),
          },
        ] as never)
      : [],
};

/** Segments are small, so that sealing is under way at most moments. */
export async function openStores(dir: string): Promise<{ journal: Journal; index: Index }> {
  const log = (level: string, message: string) => void process.stderr.write(`${level}: ${message}\n`);
  const journal = await openFileJournal({ dir, segmentBytes: 256 << 10, log });
  return { journal, index: await openIndex({ dir: join(dir, "index") }) };
}

export function follow(journal: Journal, index: Index): Follower {
  const hash = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 32);
  const following = follower({
    journal,
    index,
    judge: judge({
      decode: (body) => decode(body),
      rules: () => rules,
      redact: (event) => event,
      hash,
      hostname: "here",
      signals: silence,
      decide: ({ name }) => ({ policy: name, policies: [name], severity: 4, muted: false }),
      isOurs: () => true,
      matching: "all",
      now: () => 0,
      clock: () => performance.now(),
      breathe: () => setImmediate(),
    }),
    signals: silence,
    log: (level, message) => void process.stderr.write(`${level}: ${message}\n`),
    now: () => new Date(),
    pause: (millis, signal) => setTimeout(millis, undefined, { signal }).catch(() => {}),
  });
  following.start();
  return following;
}

async function main(dir: string) {
  const { journal, index } = await openStores(dir);
  const source = webhook.open(webhook.config.parse({ listen: "127.0.0.1:0" }), {
    name: "webhook",
    deliver: async (batch) => void (await journal.append(batch)),
    memory: { get: async () => undefined, set: async () => {} },
    clusters: { tokenOwner: async () => undefined, isKnown: async () => true, register: async () => false },
    signals: silence,
    now: () => new Date(),
    log: (level, message) => void process.stderr.write(`${level}: ${message}\n`),
  });
  await source.start();
  follow(journal, index);
  process.stdout.write(`${source.address}\n`);
}

const [, program = "", dir] = process.argv;
if (program.endsWith("kill-child.kit.ts") && dir !== undefined) await main(dir);
