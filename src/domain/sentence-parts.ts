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
  const joined: SentencePart[] = [];
  // Plain text that no value has ended yet.
  let text = "";
  const add = (part: SentencePart) => {
    if (!("facet" in part)) text += part.text;
    else {
      if (text !== "") joined.push({ text });
      text = "";
      joined.push(part);
    }
  };
  for (let at = 0; at < texts.length; at++) {
    text += texts[at];
    const bit = bits[at];
    if (typeof bit === "string" || typeof bit === "number") text += bit;
    else if (bit !== undefined) for (const part of "text" in bit ? [bit] : bit) add(part);
  }
  if (text !== "") joined.push({ text });
  return joined;
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
