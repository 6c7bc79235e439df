/** Known secrets looked for in all strings of a value, in the spellings in which they travel. */
import type { JsonValue } from "./json-value.ts";
import { base64Encoded, deepestWalk, rebuilt, rebuiltList } from "./redact-body.ts";
import { isSealed } from "./redact-text.ts";

/** Shorter values are everyday words and numbers, and would be found everywhere. */
const shortest = 6;
/** Comparisons spent on one value; strings beyond are sealed whole, so that no choice of secrets costs minutes. */
const mostComparisons = 2_000_000;
const tooMuch = "redacted:too-much-to-look-through";
/** Names in bodies that only tell what an object is. */
const keptNames = new Set(["kind", "apiVersion", "uid", "resourceVersion", "name", "namespace"]);

/** The value's text with every occurrence of a secret replaced by its seal; undefined where there is none. */
export function sweep(value: JsonValue, sealed: ReadonlyMap<string, string>): string | undefined {
  const spellings = new Map<string, [string, string][]>();
  for (const [secret, seal] of sealed) {
    for (const spelling of spellingsOf(secret)) {
      if (spelling.length < shortest) continue;
      const start = spelling.slice(0, shortest);
      const others = spellings.get(start);
      if (others === undefined) spellings.set(start, [[spelling, seal]]);
      else others.push([spelling, seal]);
    }
  }
  if (spellings.size === 0) return undefined;
  for (const list of spellings.values()) list.sort(([a], [b]) => b.length - a.length);
  return new Sweep(spellings).value(value, "");
}

class Sweep {
  readonly #spellings: ReadonlyMap<string, readonly (readonly [string, string])[]>;
  #left = mostComparisons;
  #depth = 0;

  constructor(spellings: ReadonlyMap<string, readonly (readonly [string, string])[]>) {
    this.#spellings = spellings;
  }

  value(value: JsonValue, name: string): string | undefined {
    if (value.kind === "object" || value.kind === "array") {
      // Redaction has left nothing so deep but names of managed fields.
      if (this.#depth > deepestWalk) return JSON.stringify(tooMuch);
      this.#depth++;
      const swept =
        value.kind === "object"
          ? rebuilt(value, (member, of) => (isKept(member, of) ? undefined : this.value(of, member)))
          : rebuiltList(value, (element) => this.value(element, name));
      this.#depth--;
      return swept;
    }
    if (value.kind !== "string") return undefined;
    const text = value.text();
    if (isSealed(text)) return undefined;
    const swept = this.#text(text);
    return swept === text ? undefined : JSON.stringify(swept);
  }

  #text(text: string): string {
    const parts: string[] = [];
    let from = 0;
    for (let at = 0; at + shortest <= text.length; at++) {
      const candidates = this.#spellings.get(text.slice(at, at + shortest));
      if (candidates === undefined) continue;
      this.#left -= candidates.length;
      if (this.#left < 0) return tooMuch;
      const found = candidates.find(([spelling]) => text.startsWith(spelling, at));
      if (found === undefined) continue;
      parts.push(text.slice(from, at), found[1]);
      at += found[0].length - 1;
      from = at + 1;
    }
    return from === 0 ? text : parts.join("") + text.slice(from);
  }
}

function isKept(name: string, value: JsonValue): boolean {
  return value.kind === "string" && (keptNames.has(name) || name.startsWith("authorization.k8s.io/"));
}

/** A Secret has a mebibyte at most; what is longer is looked for as it stands only, as its spellings take seconds. */
const longestSpelt = 1 << 20;

function spellingsOf(secret: string): ReadonlySet<string> {
  if (secret.length > longestSpelt) return new Set([secret]);
  const spellings = new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret.toWellFormed())]);
  return spellings.add(base64Encoded(secret));
}
