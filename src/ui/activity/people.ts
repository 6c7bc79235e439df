/** Whose activity one sees before anything is asked: people's, and nobody's known. */
import { actors } from "../../domain/activity.ts";
import type { Filter } from "../filter.ts";

export const people: readonly string[] = ["human", "anonymous"];

/** Machines make nine of ten requests: they are left out until they are asked for. */
export function peopleFirst(filter: Filter): Filter {
  if (filter.is.actor !== undefined || filter.not.actor !== undefined) return filter;
  // Whoever asks for one user or one address asks for all that came from there.
  if (filter.is.user !== undefined || filter.is.sourceIP !== undefined) return filter;
  return { ...filter, is: { ...filter.is, actor: people } };
}

export const everybody: readonly string[] = actors;
