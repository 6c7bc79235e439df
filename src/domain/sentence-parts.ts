/** Sentences as parts: plain text, and values that can be filtered by. */
import { noValue } from "./asked.ts";

export type SentencePart =
  | { readonly text: string }
  | {
      /** The facet that the value is one of. */
      readonly facet: string;
      readonly value: string;
      /** How it is called here. */
      readonly text: string;
    };

type Bit = string | number | SentencePart | readonly SentencePart[];

/** A template's texts and values as parts, neighbouring texts joined. */
export function say(texts: readonly string[], ...bits: readonly Bit[]): SentencePart[] {
  const parts = texts.flatMap((text, at): SentencePart[] => {
    const bit = bits[at];
    return [{ text }, ...(bit === undefined ? [] : partsOf(bit))];
  });
  return parts.reduce<SentencePart[]>((joined, part) => {
    const last = joined.at(-1);
    if ("facet" in part) joined.push(part);
    else if (last !== undefined && !("facet" in last)) joined[joined.length - 1] = { text: last.text + part.text };
    else if (part.text !== "") joined.push(part);
    return joined;
  }, []);
}

function partsOf(bit: Bit): readonly SentencePart[] {
  if (typeof bit === "string" || typeof bit === "number") return [{ text: `${bit}` }];
  return Array.isArray(bit) ? bit : [bit as SentencePart];
}

export const valued = (facet: string, value: string, text = value): SentencePart => ({ facet, value, text });

/** A user as people call them: service accounts and nodes without their prefixes. */
export function userPart(user: string | null): SentencePart {
  if (user === null || user === "") return valued("user", noValue, "somebody unknown");
  const [, serviceAccount] = /^system:serviceaccount:([^:]+:[^:]+)$/.exec(user) ?? [];
  const [, node] = /^system:node:(.+)$/.exec(user) ?? [];
  if (user === "system:anonymous") return valued("user", user, "somebody anonymous");
  if (serviceAccount !== undefined) return valued("user", user, `service account ${serviceAccount.replace(":", "/")}`);
  return valued("user", user, node === undefined ? user : `node ${node}`);
}

/** The sentence as plain text. */
export const sentenceText = (parts: readonly SentencePart[]): string => parts.map(({ text }) => text).join("");
