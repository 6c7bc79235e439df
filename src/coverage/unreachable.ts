/** Rules that no request comes as far as, since rules before them take all that would fit. */
import { fitsPath } from "./decide.ts";
import type { AuditPolicy, GroupResources, PolicyRule, Word } from "./policy.ts";

/** What a rule asks for, with at most one value a dimension; undefined: any. */
interface Box {
  readonly user?: string;
  readonly userGroup?: string;
  readonly verb?: string;
  readonly namespace?: string;
  readonly resource?: { readonly group: string; readonly pattern?: string; readonly name?: string };
  readonly url?: string;
  /** Asks for resources by its namespace alone. */
  readonly isResource: boolean;
}

/** Of bigger rules nothing is claimed. */
const mostBoxes = 20_000;

/** For each such rule, by number, the rules that take its requests. Of what is not proved nothing is said. */
export function unreachable(policy: AuditPolicy): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, readonly number[]>();
  for (const [index, rule] of policy.rules.entries()) {
    const boxes = boxesOf(rule);
    if (boxes === undefined) continue;
    const before = policy.rules.slice(0, index);
    const takers = boxes.map((box) => before.findIndex((earlier) => takes(earlier, box)));
    if (!takers.includes(-1))
      found.set(
        index,
        [...new Set(takers)].sort((a, b) => a - b),
      );
  }
  return found;
}

function boxesOf(rule: PolicyRule): readonly Box[] | undefined {
  const texts = (words: readonly Word[]) => (words.length === 0 ? [undefined] : words.map(({ text }) => text));
  const resources = rule.resources.length === 0 ? [undefined] : rule.resources.flatMap(resourceBoxes);
  const isResource = rule.resources.length > 0 || rule.namespaces.length > 0;
  const sizes = [rule.users, rule.userGroups, rule.verbs, rule.namespaces, rule.nonResourceURLs, resources];
  if (sizes.reduce((product, { length }) => product * Math.max(length, 1), 1) > mostBoxes) return undefined;
  return texts(rule.users).flatMap((user) =>
    texts(rule.userGroups).flatMap((userGroup) =>
      texts(rule.verbs).flatMap((verb) =>
        texts(rule.namespaces).flatMap((namespace) =>
          resources.flatMap((resource) =>
            texts(rule.nonResourceURLs).map((url) => ({
              user,
              userGroup,
              verb,
              namespace,
              resource,
              url,
              isResource,
            })),
          ),
        ),
      ),
    ),
  );
}

function resourceBoxes({ group, resources, resourceNames }: GroupResources): readonly NonNullable<Box["resource"]>[] {
  if (resources.length === 0) return [{ group }];
  return resources.flatMap(({ text: pattern }) =>
    resourceNames.length === 0
      ? [{ group, pattern }]
      : resourceNames.map(({ text: name }) => ({ group, pattern, name })),
  );
}

/** Whether every request in the box fits the rule. */
function takes(rule: PolicyRule, box: Box): boolean {
  if (!allows(rule.users, box.user) || !allows(rule.userGroups, box.userGroup) || !allows(rule.verbs, box.verb))
    return false;
  if (rule.resources.length > 0 || rule.namespaces.length > 0) {
    if (!box.isResource || !allows(rule.namespaces, box.namespace)) return false;
    return rule.resources.length === 0 || rule.resources.some((one) => takesResource(one, box.resource));
  }
  if (rule.nonResourceURLs.length === 0) return true;
  const { url } = box;
  return url !== undefined && rule.nonResourceURLs.some(({ text }) => takesUrl(text, url));
}

const allows = (words: readonly Word[], value: string | undefined): boolean =>
  words.length === 0 || (value !== undefined && words.some(({ text }) => text === value));

function takesResource({ group, resources, resourceNames }: GroupResources, box: Box["resource"]): boolean {
  if (box === undefined || (group !== "*" && group !== box.group)) return false;
  if (resources.length === 0) return true;
  const { pattern } = box;
  if (pattern === undefined) return resourceNames.length === 0 && resources.some(({ text }) => text === "*");
  if (!allows(resourceNames, box.name)) return false;
  const [resource = "", subresource] = pattern.split("/");
  return resources.some(
    ({ text }) =>
      text === "*" ||
      text === pattern ||
      (text === `${resource}/*` && resource !== "*") ||
      (subresource !== undefined && subresource !== "*" && text === `*/${subresource}`),
  );
}

/** Whether each path of the one pattern is one of the other: what stands before a star is a path too. */
function takesUrl(pattern: string, url: string): boolean {
  if (pattern === "*" || pattern === url) return true;
  if (!url.endsWith("*")) return fitsPath(pattern, url);
  return url !== "*" && pattern.endsWith("*") && url.replace(/\*+$/, "").startsWith(pattern.replace(/\*+$/, ""));
}
