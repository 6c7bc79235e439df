/** What a request is about, told in parts, as others tell it; and the path that asks for it. */

export interface Target {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** As an event's `objectRef` has it: no empty members, no core group. */
export function refOf({ group, version, resource, namespace, name, subresource }: Target): object {
  return {
    resource,
    ...(namespace && { namespace }),
    ...(name && { name }),
    ...(group && { apiGroup: group }),
    apiVersion: version,
    ...(subresource && { subresource }),
  };
}

/** The path without a query. Creating an object of one's own names it in the body alone. */
export function uriOf(target: Target, verb: string): string {
  const { group, version, resource, namespace, name, subresource } = target;
  const inNamespace = namespace !== undefined && resource !== "namespaces";
  const named = name !== undefined && (verb !== "create" || subresource !== undefined);
  const parts = [
    group === "" ? `/api/${version}` : `/apis/${group}/${version}`,
    ...(inNamespace ? ["namespaces", namespace] : []),
    resource,
    ...(named ? [name] : []),
    ...(subresource === undefined ? [] : [subresource]),
  ];
  return parts.join("/");
}
