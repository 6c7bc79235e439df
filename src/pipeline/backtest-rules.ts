/** One rule before and after an edit: what it matches, counted, with examples, in memory that does not grow. */
import type { AuditEvent } from "../domain/audit-event.ts";
import type { Detection } from "../domain/detection.ts";
import type { Hash } from "../domain/request-id.ts";
import type { Entry } from "../domain/store.ts";
import { timeText } from "../domain/time.ts";
import type { LoadedRule, RuleSet, Test } from "../engine/contract.ts";
import { matchOf } from "../engine/ruleset.ts";
import type { About } from "../fields/field.ts";

/** A match as a detection is, without what policies make of it. */
export type BacktestSample = Omit<Detection, "policy" | "policies" | "severity" | "muted" | "fingerprint"> & {
  readonly event: unknown;
};

export interface RuleComparison {
  readonly rule: string;
  readonly before: number;
  readonly after: number;
  readonly added: number;
  readonly removed: number;
  readonly topUsers: readonly { readonly value: string; readonly count: number }[];
  readonly topNamespaces: readonly { readonly value: string; readonly count: number }[];
  readonly samples: Readonly<Record<Fate, readonly BacktestSample[]>>;
}

type Fate = "added" | "removed" | "kept";

/** A rule as it is and as it would be; `rule` is the latter where there is one. */
export interface ComparedRule {
  readonly rule: LoadedRule<AuditEvent>;
  readonly before?: LoadedRule<AuditEvent>;
  readonly after?: LoadedRule<AuditEvent>;
  readonly asked: boolean;
  /** The same events match both. */
  readonly same: boolean;
}

/** Those asked for; else those whose judgement may differ. */
export function comparedRules(
  before: RuleSet<AuditEvent>,
  after: RuleSet<AuditEvent>,
  asked: readonly string[] | undefined,
): readonly ComparedRule[] {
  const [olds, news] = [byName(before), byName(after)];
  return [...new Set([...news.keys(), ...olds.keys()])].flatMap((name): ComparedRule[] => {
    const [was, is] = [olds.get(name), news.get(name)];
    const rule = is ?? was;
    if (rule === undefined || (asked !== undefined && !asked.includes(name))) return [];
    const same = was?.enabled === is?.enabled && was?.source === is?.source && meaning(was) === meaning(is);
    return same && asked === undefined ? [] : [{ rule, before: was, after: is, asked: asked !== undefined, same }];
  });
}

const byName = ({ rules }: RuleSet<AuditEvent>) => new Map(rules.map((rule) => [rule.name, rule]));

/** All that a condition's answer depends on, and not where it is written. */
const meaning = (rule: LoadedRule<AuditEvent> | undefined): string =>
  JSON.stringify(rule?.condition, (key, value) => (key === "span" || key === "falcoOffset" ? undefined : value)) ?? "";

export interface Judgement {
  readonly was: boolean;
  readonly is: boolean;
  readonly event: AuditEvent;
  readonly about: About;
  readonly entry: Entry;
  /** The event's. */
  readonly id: string;
  readonly activity: () => string;
}

export interface Comparison {
  readonly name: string;
  readonly asked: boolean;
  readonly before: Test<AuditEvent>;
  readonly after: Test<AuditEvent>;
  readonly added: number;
  readonly removed: number;
  count(judgement: Judgement): void;
  told(): RuleComparison;
}

export interface SamplingWorld {
  readonly redact: (event: AuditEvent) => AuditEvent;
  readonly hash: Hash;
}

const samplesEach = 10;
const shownTop = 10;
/** Values beyond so many different ones are not counted: the frequent ones come early. */
const mostValues = 5000;
/** A larger event is not kept with its sample; it stands in the journal and the index. */
const mostEventBytes = 128 * 1024;

export function comparison({ rule, before, after, asked, same }: ComparedRule, world: SamplingWorld): Comparison {
  const never: Test<AuditEvent> = () => false;
  const testOf = (one: LoadedRule<AuditEvent> | undefined) => (one?.enabled ? one.test : never);
  const counts = { before: 0, after: 0, added: 0, removed: 0 };
  const samples = { added: sampler(), removed: sampler(), kept: sampler() };
  const users = { before: tally(), after: tally() };
  const namespaces = { before: tally(), after: tally() };
  const beforeTest = testOf(before);
  return {
    name: rule.name,
    asked,
    before: beforeTest,
    after: same ? beforeTest : testOf(after),
    get added() {
      return counts.added;
    },
    get removed() {
      return counts.removed;
    },
    count(judgement) {
      const { was, is, event } = judgement;
      const fate: Fate = was && is ? "kept" : is ? "added" : "removed";
      if (was) counts.before++;
      if (is) counts.after++;
      if (fate !== "kept") counts[fate]++;
      const user = textAt(event, "user", "username");
      const namespace = textAt(event, "objectRef", "namespace");
      for (const when of [was && "before", is && "after"] as const) {
        if (when === false) continue;
        if (user !== null) users[when].add(user);
        if (namespace !== null) namespaces[when].add(namespace);
      }
      samples[fate].offer(() => sampleOf((is ? after : before) ?? rule, judgement, world));
    },
    told() {
      const when = counts.after > 0 ? "after" : "before";
      return {
        rule: rule.name,
        ...counts,
        topUsers: users[when].top(),
        topNamespaces: namespaces[when].top(),
        samples: { added: samples.added.all(), removed: samples.removed.all(), kept: samples.kept.all() },
      };
    },
  };
}

/** As the judge tells it: what is shown is the event with its secrets sealed. */
function sampleOf(rule: LoadedRule<AuditEvent>, judgement: Judgement, { redact, hash }: SamplingWorld): BacktestSample {
  const { event, about, entry, id, activity } = judgement;
  const shown = redact(event);
  const { message, fields } = matchOf(rule, shown, about);
  const subresource = textAt(shown, "objectRef", "subresource");
  const resource = textAt(shown, "objectRef", "resource");
  const text = shown.root.compact();
  return own({
    id: `${id}-${hash(rule.name).slice(0, 8)}`,
    time: timeText(event.time),
    receivedAt: entry.receivedAt.toISOString(),
    cluster: entry.cluster,
    rule: rule.name,
    priority: rule.priority,
    source: rule.source,
    output: message,
    fields: Object.fromEntries(fields),
    tags: rule.tags,
    auditID: textAt(shown, "auditID"),
    stage: textAt(shown, "stage"),
    user: textAt(shown, "user", "username"),
    verb: textAt(shown, "verb"),
    namespace: textAt(shown, "objectRef", "namespace"),
    resource: resource && subresource ? `${resource}/${subresource}` : resource,
    name: textAt(shown, "objectRef", "name"),
    sourceIP: shown.at("sourceIPs")?.elements().at(-1)?.text() ?? null,
    userAgent: textAt(shown, "userAgent"),
    activity: activity(),
    event: text.length <= mostEventBytes ? JSON.parse(text) : null,
  });
}

/** A copy: the parts of a text keep all of it in memory, and this text was a whole batch. */
const own = (sample: BacktestSample): BacktestSample =>
  JSON.parse(
    Buffer.from(JSON.stringify(sample, (_, value) => (typeof value === "bigint" ? plain(value) : value))).toString(),
  );

const plain = (value: bigint): number | string =>
  value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : `${value}`;

function textAt(event: AuditEvent, ...path: readonly string[]): string | null {
  const value = event.at(...path);
  return value === undefined || value.kind === "null" ? null : value.text();
}

/** So many out of all that are offered, each as likely as any other; only those that are taken are made. */
function sampler() {
  const taken: BacktestSample[] = [];
  let offered = 0;
  // The same events give the same sample.
  let state = 0x2545f491;
  const chance = (below: number) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
  return {
    offer(make: () => BacktestSample): void {
      offered++;
      const at = taken.length < samplesEach ? taken.length : chance(offered);
      if (at < samplesEach) taken[at] = make();
    },
    all: (): readonly BacktestSample[] => taken.toSorted((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0)),
  };
}

function tally() {
  const counts = new Map<string, number>();
  return {
    add(value: string): void {
      const count = counts.get(value);
      if (count !== undefined) counts.set(value, count + 1);
      // Values are parts of a batch's text, which a copy does not keep in memory.
      else if (counts.size < mostValues) counts.set(Buffer.from(value).toString(), 1);
    },
    top: () =>
      [...counts]
        .map(([value, count]) => ({ value, count }))
        .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
        .slice(0, shownTop),
  };
}
