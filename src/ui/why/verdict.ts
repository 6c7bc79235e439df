/** What an explanation comes to, in a sentence or two: also where the rules changed since, or a secret is sealed. */
import type { NoWhy, Why } from "./engine.ts";

export interface Verdict {
  readonly tone: "good" | "changed" | "plain";
  readonly words: readonly string[];
}

/** A secret's seal, as it stands in a kept event. */
const sealed = /redacted:[\w-]{1,64}/;

export function verdictOf(
  why: Why | NoWhy,
  { asked, fired, event }: { readonly asked: string; readonly fired: string; readonly event: unknown },
): Verdict {
  if ("kind" in why) {
    if (why.kind === "no-event") return plain(`The event cannot be explained: ${why.reason}.`);
    return plain(
      `No rule that is loaded is called “${asked}”.`,
      asked === fired
        ? "It was renamed or removed since, or Tiercel told this by itself. Choose another rule to ask about this event."
        : "",
    );
  }
  const isSealed = sealed.test(JSON.stringify(event) ?? "");
  const secrets = isSealed
    ? "Secrets are redacted in this event: a check that reads one may come out otherwise than it did when it came in."
    : "";
  const off = why.enabled ? "" : "The rule is switched off now: it does not fire any more.";
  const { holds } = why.tree;
  if (holds)
    return tell(
      "good",
      asked === fired ? "It matches: this is why." : `“${asked}” matches the event too: this is why.`,
      off,
      secrets,
    );
  if (asked !== fired) return tell("plain", `“${asked}” does not match: this is why not.`, off, secrets);
  return tell(
    "changed",
    "By the rules as they are now this event no longer matches: they changed since it came in.",
    off,
    isSealed ? "Or a check reads a secret, which is redacted here." : "",
  );
}

const tell = (tone: Verdict["tone"], ...words: readonly string[]): Verdict => ({ tone, words: words.filter(Boolean) });
const plain = (...words: readonly string[]) => tell("plain", ...words);
