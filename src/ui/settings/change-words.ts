/** A line of the audit trail in words: what was done, and what differs between before and after. */
import type { Change } from "../../domain/documents.ts";

const nouns: Readonly<Record<string, string>> = {
  policy: "the policy",
  rules: "the rules file",
  user: "the user",
  token: "the token",
  triage: "what was decided about",
  session: "",
  cluster: "the cluster",
};

const verbs: Readonly<Record<Change["action"], string>> = {
  create: "made",
  update: "changed",
  delete: "removed",
  login: "logged in",
  "login-failed": "failed to log in",
  logout: "logged out",
};

/** `changed the policy Exec into pods`. */
export function changeSentence({
  kind,
  id,
  action,
  before = null,
  after = null,
}: Pick<Change, "kind" | "id" | "action"> & Partial<Pick<Change, "before" | "after">>): string {
  if (kind === "session") return verbs[action];
  if (kind === "triage") return `decided about the events ${id}`;
  // Of a policy that came with us, what is kept is what was changed.
  if (kind === "policy" && /^\{"kind":"managed",/.test(after ?? before ?? ""))
    return action === "delete" ? `put the policy ${id} back as it came` : `changed the policy ${id}`;
  return `${verbs[action]} ${nouns[kind] ?? kind} ${id}`;
}

export type Difference =
  | { readonly kind: "fields"; readonly fields: readonly FieldChange[] }
  | { readonly kind: "text"; readonly before: string; readonly after: string };

export interface FieldChange {
  /** `scope.namespaces` */
  readonly name: string;
  /** Undefined for not there. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** What differs: member by member where both sides are JSON objects, else as texts. */
export function differenceOf({ before, after }: Pick<Change, "before" | "after">): Difference | undefined {
  if (before === null && after === null) return undefined;
  const [old, now] = [objectOf(before), objectOf(after)];
  if (old === undefined || now === undefined) return { kind: "text", before: before ?? "", after: after ?? "" };
  const [oldLeaves, nowLeaves] = [leaves(old), leaves(now)];
  const names = [...new Set([...oldLeaves.keys(), ...nowLeaves.keys()])];
  const fields = names
    .map((name) => ({ name, before: oldLeaves.get(name), after: nowLeaves.get(name) }))
    .filter((field) => field.before !== field.after);
  return { kind: "fields", fields };
}

/** Nothing there counts as an object without members. */
function objectOf(text: string | null): object | undefined {
  if (text === null) return {};
  if (!text.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    // A text that only looks like JSON is compared as a text.
    return undefined;
  }
}

function leaves(value: object, path = ""): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, member] of Object.entries(value)) {
    const at = path === "" ? name : `${path}.${name}`;
    if (typeof member === "object" && member !== null && !Array.isArray(member))
      for (const [inner, text] of leaves(member, at)) found.set(inner, text);
    else found.set(at, shown(member));
  }
  return found;
}

function shown(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((one) => typeof one !== "object")) return value.join(", ") || "(none)";
  return JSON.stringify(value);
}
