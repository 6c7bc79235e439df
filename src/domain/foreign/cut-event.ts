/** An audit event whose text breaks off: what stands before the break, as an event marked as truncated. */
import { parseJson } from "../json.ts";
import type { JsonValue } from "../json-value.ts";
import { jsonText, objectText, textAt } from "./layer.ts";

/** What EKS' log pipeline puts where it cuts a line off: falcosecurity/plugins, k8saudit-eks. */
export const cutMark = "[Truncated...]";

/** Half a body would tell what is not in it as absent: an API server that truncates leaves bodies out whole. */
const bodies = new Set(["requestObject", "responseObject"]);

/** `user.extra` nests so deep, and nothing before the bodies deeper. */
const deepest = 4;

/**
 * The event as JSON text; undefined where what is left does not tell who did what. Go writes an event's members in one
 * order (reference 04 §1.2): stage, URI, verb, user and object stand before the bodies, both times after them. So `at`,
 * RFC 3339, stands for the stage's moment, and the moment of receipt is not told.
 */
export function cutEvent(cut: string, at: string): string | undefined {
  const parsed = parseJson(headOf(cut));
  if (!parsed.ok) return undefined;
  const { value } = parsed;
  if (textAt(value, "kind") !== "Event") return undefined;
  const telling = [textAt(value, "stage"), textAt(value, "verb"), textAt(value, "user", "username")];
  if (telling.includes(undefined)) return undefined;
  const members = [...value.members()].filter(([name]) => name !== "annotations");
  return objectText([
    ...members.map(([name, member]) => [name, member.compact()] as const),
    ["stageTimestamp", value.member("stageTimestamp") === undefined ? jsonText(at) : undefined],
    ["annotations", marked(value)],
  ]);
}

function marked(value: JsonValue): string {
  const own = [...(value.member("annotations")?.members() ?? [])].map(
    ([name, text]) => [name, text.compact()] as const,
  );
  return objectText([
    ...own,
    ["audit.k8s.io/truncated", '"true"'],
    ["emulated.audit/stage-timestamp", value.member("stageTimestamp") === undefined ? '"inferred"' : undefined],
  ]);
}

/** The text up to the last member or element that is whole, closed there; a body that is not whole is left out. */
function headOf(cut: string): string {
  const closers: string[] = [];
  let whole = { to: 0, closers: "" };
  let atTop = whole;
  const isWhole = (to: number) => {
    if (closers.length > deepest) return;
    whole = { to, closers: closers.toReversed().join("") };
    if (closers.length === 1) atTop = whole;
  };
  for (let at = 0; at < cut.length; at++) {
    const character = cut[at];
    if (character === '"') at = stringEnd(cut, at);
    else if (character === "{") closers.push("}");
    else if (character === "[") closers.push("]");
    else if (character === "}" || character === "]") {
      if (closers.pop() !== character) return "";
      isWhole(at + 1);
    } else if (character === ",") isWhole(at);
  }
  const [, open = ""] = /^,"(\w+)":[{[]/.exec(cut.slice(atTop.to, atTop.to + 40)) ?? [];
  const kept = bodies.has(open) ? atTop : whole;
  return `${cut.slice(0, kept.to)}${kept.closers}`;
}

/** Where the string that begins at `at` ends, by its last quote; the text's end where it does not. */
function stringEnd(text: string, at: number): number {
  for (let end = text.indexOf('"', at + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text[end - 1 - escapes] === "\\") escapes++;
    if (escapes % 2 === 0) return end;
  }
  return text.length;
}
