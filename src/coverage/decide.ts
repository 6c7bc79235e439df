/** What a policy decides about a request: the first rule that fits, exactly as an API server has it (reference 04 §5.2). */
import type { AuditPolicy, Decision, GroupResources, PolicyRequest, PolicyRule, Word } from "./policy.ts";

export function decide(policy: AuditPolicy, request: PolicyRequest): Decision {
  const index = policy.rules.findIndex((rule) => fits(rule, request));
  const rule = policy.rules[index];
  return {
    level: rule?.level ?? "None",
    omitStages: new Set([...policy.omitStages, ...(rule?.omitStages ?? [])]),
    omitManagedFields: rule?.omitManagedFields ?? policy.omitManagedFields,
    rule: rule && index,
  };
}

export function fits(rule: PolicyRule, { user, verb, path, resource }: PolicyRequest): boolean {
  if (rule.users.length > 0 && (user === undefined || !has(rule.users, user.name))) return false;
  if (rule.userGroups.length > 0 && !user?.groups.some((group) => has(rule.userGroups, group))) return false;
  if (rule.verbs.length > 0 && !has(rule.verbs, verb)) return false;
  if (rule.namespaces.length > 0 || rule.resources.length > 0) {
    if (resource === undefined) return false;
    if (rule.namespaces.length > 0 && !has(rule.namespaces, resource.namespace)) return false;
    return rule.resources.length === 0 || rule.resources.some((one) => fitsResource(one, resource));
  }
  if (rule.nonResourceURLs.length > 0)
    return resource === undefined && rule.nonResourceURLs.some(({ text }) => fitsPath(text, path));
  return true;
}

function fitsResource(
  { group, resources, resourceNames }: GroupResources,
  asked: NonNullable<PolicyRequest["resource"]>,
): boolean {
  if (group !== asked.group && group !== "*") return false;
  if (resources.length === 0) return true;
  if (resourceNames.length > 0 && !has(resourceNames, asked.name)) return false;
  const { resource, subresource } = asked;
  const whole = subresource === "" ? resource : `${resource}/${subresource}`;
  return resources.some(
    ({ text }) =>
      text === "*" ||
      text === whole ||
      (subresource !== "" && text === `*/${subresource}`) ||
      // The subresources, and the resource itself too.
      text === `${resource}/*`,
  );
}

export function fitsPath(pattern: string, path: string): boolean {
  if (pattern === "*" || pattern === path) return true;
  return pattern.endsWith("*") && path.startsWith(pattern.replace(/\*+$/, ""));
}

const has = (words: readonly Word[], text: string): boolean => words.some((word) => word.text === text);
