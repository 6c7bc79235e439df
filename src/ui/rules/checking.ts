/** Rules as they are edited, loaded and asked in the page, by the engine that judges in the server. */
import type { AuditEvent } from "../../domain/audit-event.ts";
import { decode } from "../../domain/decode.ts";
import { aboutEvent, ruleWorld } from "../../engine/audit-world.ts";
import { type Explanation, explainContext, explained } from "../../engine/explain.ts";
import { type Loaded, load } from "../../engine/index.ts";
import type { NamedText } from "../language/definitions.ts";

/** A mistake, with its place in UTF-16 units of its file's text. */
export interface Mistake {
  readonly file: string;
  readonly from: number;
  readonly to: number;
  /** From 1. */
  readonly line: number;
  readonly severity: "error" | "warning";
  readonly code: string;
  readonly message: string;
  readonly help?: string;
}

export interface Checked {
  readonly mistakes: readonly Mistake[];
  readonly rules: readonly { readonly name: string; readonly priority: string; readonly enabled: boolean }[];
  readonly millis: number;
}

export interface JudgedEvent {
  /** `create pods/exec shop/web by alice, ResponseStarted` */
  readonly title: string;
  readonly time?: string;
  /** Why it is no event. */
  readonly rejected?: string;
  readonly matches: readonly {
    readonly rule: string;
    readonly priority: string;
    readonly message: string;
  }[];
}

/** What the page asks, and what it is answered: the same whether a worker stands between or not. */
export interface Checker {
  check(files: readonly NamedText[]): Checked;
  judge(payload: string): readonly JudgedEvent[];
  /** Of the event with this number, from 0, of those judged last; undefined where there is no such rule or event. */
  explain(event: number, rule: string): Explanation | undefined;
}

/** As many events as are judged of what is pasted. */
export const mostEvents = 500;

export function checker(clock: () => number): Checker {
  let loaded: Loaded<AuditEvent> = load([], ruleWorld());
  let events: readonly (AuditEvent | undefined)[] = [];
  const about = (event: AuditEvent, index: number) => aboutEvent(event, BigInt(index + 1), "page", event.time);

  return {
    check(files) {
      const began = clock();
      loaded = load(files, ruleWorld({ matching: "all" }));
      return {
        mistakes: loaded.diagnostics.flatMap(({ place, severity, code, message, help }): Mistake[] => {
          if (place === undefined) return [];
          const { source, from, to } = place;
          const line = source.text.slice(0, from).split("\n").length;
          return [
            { file: source.name, from, to, line, severity, code, message, ...(help === undefined ? {} : { help }) },
          ];
        }),
        rules: loaded.ruleSet.rules.map(({ name, priority, enabled }) => ({ name, priority, enabled })),
        millis: clock() - began,
      };
    },
    judge(payload) {
      const parts = [...decode(new TextEncoder().encode(payload))].slice(0, mostEvents);
      events = parts.map((part) => (part.kind === "event" ? part.event : undefined));
      return parts.map((part, index): JudgedEvent => {
        if (part.kind === "rejected")
          return { title: part.rejected.raw.slice(0, 80), rejected: part.rejected.reason, matches: [] };
        if (part.kind === "ignored") return { title: part.reason, rejected: part.reason, matches: [] };
        const matches = loaded.ruleSet.judge(part.event, about(part.event, index));
        return {
          title: titleOf(part.event),
          time: part.event.at("stageTimestamp")?.text(),
          matches: matches.map(({ rule, message }) => ({ rule: rule.name, priority: rule.priority, message })),
        };
      });
    },
    explain(index, name) {
      const event = events[index];
      const rule = loaded.ruleSet.rules.find((one) => one.name === name);
      if (event === undefined || rule === undefined) return undefined;
      return explained(rule.condition, event, about(event, index), explainContext(loaded, false));
    },
  };
}

function titleOf(event: AuditEvent): string {
  const text = (...path: readonly string[]) => event.at(...path)?.text();
  const resource = text("objectRef", "resource");
  const part = text("objectRef", "subresource");
  const kind = resource === undefined ? text("requestURI") : part === undefined ? resource : `${resource}/${part}`;
  const place = [text("objectRef", "namespace"), text("objectRef", "name")]
    .filter((one) => one !== undefined)
    .join("/");
  return [text("verb"), kind, place, "by", text("user", "username") ?? "nobody", `(${text("stage")})`]
    .filter((one) => one !== undefined && one !== "")
    .join(" ");
}
