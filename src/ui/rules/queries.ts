/** The rules, as this room's pages ask for them. */
import type { Rules } from "../../api/rules/schema.ts";
import { get } from "../api.ts";

export const rulesQuery = {
  queryKey: ["rules"],
  queryFn: ({ signal }: { readonly signal: AbortSignal }) => get<Rules>("rules", {}, signal),
};
