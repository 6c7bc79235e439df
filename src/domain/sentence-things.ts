/** What sentences are about: one thing with its name and place, or many and where they are. */
import { textIn } from "./plain.ts";
import { type SentencePart, say, valued } from "./sentence-parts.ts";
import { short, singular, spanOf } from "./sentence-words.ts";
import type { ToldRequest } from "./told-request.ts";

/** `open` and `a shell in pod a/b`: the verb apart, since its form depends on what came of it. */
export interface Phrase {
  readonly verb: string;
  readonly rest: readonly SentencePart[];
}

export type Row = (told: ToldRequest) => Phrase | undefined;

export const phrase =
  (verb: string) =>
  (texts: readonly string[], ...bits: Parameters<typeof say> extends [unknown, ...infer B] ? B : never): Phrase => ({
    verb,
    rest: say(texts, ...bits),
  });

/** `pod payments/api-7c9`, with what is known of its name. */
export function thing(told: ToldRequest, called = singular(told.resource ?? "")): SentencePart[] {
  const { name, resource } = told;
  const namespace = resource === "namespaces" ? null : told.namespace;
  const where = namespace === null ? [] : say`${valued("namespace", namespace)}/`;
  if (name !== null) return say`${called} ${where}${valued("name", name, short(name))}`;
  const made = textIn(told.response, "metadata", "name") ?? textIn(told.request, "metadata", "name");
  if (made !== undefined && textIn(told.response, "kind") !== "Status") return say`${called} ${where}${short(made)}`;
  const begins = textIn(told.request, "metadata", "generateName");
  const article = /^[aeiou]/.test(called) ? "an" : "a";
  return say`${article} ${called}${begins === undefined ? "" : ` ${begins}…`}${place(told)}`;
}

export const place = ({ namespace }: ToldRequest): SentencePart[] =>
  namespace === null ? [] : say` in namespace ${valued("namespace", namespace)}`;

/** `secrets in all namespaces`. */
export function things(told: ToldRequest): SentencePart[] {
  const { resource, apiGroup, name } = told;
  const of = valued("resource", resource ?? "");
  if (resource === "namespaces" || (name !== null && told.namespace === null)) {
    if (name !== null) return say`${of} called ${valued("name", name, short(name))}`;
    return [of];
  }
  if (name !== null) return say`${of} called ${valued("name", name, short(name))}${place(told)}`;
  if (told.namespace !== null) return say`${of}${place(told)}`;
  const span = spanOf(resource ?? "", apiGroup);
  return say`${of}${span === "namespaces" ? " in all namespaces" : span === "cluster" ? "" : " of the whole cluster"}`;
}
