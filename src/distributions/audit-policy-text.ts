/** An audit policy printed as a person would write it: comments, one list a line where it fits. */
import type { PolicySection, ResourceGroup, ShippedRule } from "./audit-policy-rules.ts";

export interface PolicyText {
  readonly apiVersion: string;
  readonly omitManagedFields: boolean;
  readonly note: string;
  /** `RequestReceived` unless told. */
  readonly omitStages?: readonly string[];
  readonly sections: readonly PolicySection[];
}

const widest = 110;

export function printed({ apiVersion, omitManagedFields, note, sections, omitStages }: PolicyText): string {
  const omitted = omitStages ?? ["RequestReceived"];
  return [
    "# What Tiercel's rules read, recorded no deeper than they read it. The first rule that fits a request counts.",
    `# ${note}`,
    `apiVersion: ${apiVersion}`,
    "kind: Policy",
    ...(omitted.includes("RequestReceived")
      ? ["# What an event says when a request comes, it says again when the request ends."]
      : []),
    ...(omitted.length === 0 ? [] : [`omitStages: [${omitted.join(", ")}]`]),
    ...(omitManagedFields
      ? ["# Who owns which field of an object is much text, and no rule reads it.", "omitManagedFields: true"]
      : []),
    "rules:",
    ...sections.flatMap(({ why, rules }) => [`  # ${why}`, ...rules.flatMap(ruleLines)]),
    "",
  ].join("\n");
}

function ruleLines({ level, users, userGroups, verbs, resources, namespaces, nonResourceURLs }: ShippedRule) {
  const member = (name: string, words: readonly string[] | undefined) =>
    words === undefined ? [] : listLines(`    ${name}:`, words);
  return [
    `  - level: ${level}`,
    ...member("users", users),
    ...member("userGroups", userGroups),
    ...member("verbs", verbs),
    ...(resources === undefined ? [] : ["    resources:", ...resources.flatMap(groupLines)]),
    ...member("namespaces", namespaces),
    ...member("nonResourceURLs", nonResourceURLs),
  ];
}

function groupLines({ group, resources }: ResourceGroup): readonly string[] {
  return [
    `      - group: ${word(group)}`,
    ...(resources === undefined ? [] : listLines("        resources:", resources)),
  ];
}

function listLines(head: string, words: readonly string[]): readonly string[] {
  const flow = `${head} [${words.map(word).join(", ")}]`;
  if (flow.length <= widest) return [flow];
  const indent = " ".repeat(head.length - head.trimStart().length + 2);
  return [head, ...words.map((one) => `${indent}- ${word(one)}`)];
}

/** Plain where YAML takes it so for sure. */
const word = (text: string): string => (/^[A-Za-z][A-Za-z0-9./-]*$/.test(text) ? text : JSON.stringify(text));
