/** Rights in sentences: what reviews ask about, and who was bound to which role. */
import { isObject, listIn, memberOf, textIn } from "./plain.ts";
import { type Phrase, phrase, thing } from "./sentence-things.ts";
import { short } from "./sentence-words.ts";
import type { ToldRequest } from "./told-request.ts";

/** `may get pods in namespace x`, as access reviews ask it. */
export function access(told: ToldRequest): string {
  const of = memberOf(told.request, "spec", "resourceAttributes");
  const path = memberOf(told.request, "spec", "nonResourceAttributes");
  if (isObject(path)) return `may ${textIn(path, "verb") ?? "use"} ${short(textIn(path, "path") ?? "a path")}`;
  if (!isObject(of)) return "may do something";
  const resource = [textIn(of, "resource") ?? "something", textIn(of, "subresource")].filter(Boolean).join("/");
  const namespace = textIn(of, "namespace");
  const name = textIn(of, "name");
  return `may ${textIn(of, "verb") ?? "use"} ${resource}${name === undefined ? "" : ` ${name}`}${namespace === undefined ? "" : ` in namespace ${namespace}`}`;
}

export function bound(told: ToldRequest): Phrase | undefined {
  const role = textIn(told.request, "roleRef", "name");
  if (role === undefined) return undefined;
  const kind = (textIn(told.request, "roleRef", "kind") ?? "role").toLowerCase();
  const subjects = listIn(told.request, "subjects").map((subject) => {
    const [of = "subject", name = "?"] = [textIn(subject, "kind")?.toLowerCase(), textIn(subject, "name")];
    const namespace = textIn(subject, "namespace");
    if (of === "serviceaccount") return `service account ${namespace === undefined ? "" : `${namespace}/`}${name}`;
    return `${of} ${short(name)}`;
  });
  const shown =
    subjects.length > 3
      ? [...subjects.slice(0, 2), `${subjects.length - 2} more`]
      : subjects.length > 0
        ? subjects
        : ["nobody"];
  const listed = shown.length === 1 ? shown[0] : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
  return phrase("bind")`${kind} ${short(role)} to ${listed ?? ""} (${thing(told)})`;
}
