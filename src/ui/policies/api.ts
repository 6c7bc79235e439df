/** Policies as the pages ask for them. */
import { useQuery } from "@tanstack/react-query";
import type { PolicyView, PolicyViews } from "../../api/policies/schema.ts";
import { get, send } from "../api.ts";
import { queryClient } from "../queries.ts";

export type { PolicyView } from "../../api/policies/schema.ts";

export const usePolicies = () =>
  useQuery({ queryKey: ["policies"], queryFn: () => get<PolicyViews>("policies"), select: ({ items }) => items });

const pathOf = (name: string) => `policies/${encodeURIComponent(name)}`;

/** Everything that policies have a hand in is asked for anew. */
async function changed<T>(work: Promise<T>): Promise<T> {
  const answer = await work;
  await queryClient.invalidateQueries({ queryKey: ["policies"] });
  void queryClient.invalidateQueries({ queryKey: ["rules"] });
  void queryClient.invalidateQueries({ queryKey: ["changes"] });
  return answer;
}

/** `name` is the one it has had so far; undefined for a new one. */
export function savePolicy({ version, ...policy }: PolicyView, name: string | undefined) {
  const condition = name === undefined ? { isNew: true } : { etag: String(version) };
  return changed(send<PolicyView>("PUT", pathOf(name ?? policy.name), policy, condition));
}

export const removePolicy = ({ name, version }: PolicyView) =>
  changed(send<null>("DELETE", pathOf(name), undefined, { etag: String(version) }));

export const duplicatePolicy = (name: string, copy: { readonly name: string; readonly kind: string }) =>
  changed(send<PolicyView>("POST", `${pathOf(name)}/duplicate`, copy));
