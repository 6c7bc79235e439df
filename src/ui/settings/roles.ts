/** What roles may, in words. */
import type { Role } from "../../domain/people.ts";

export const roleWords: Readonly<Record<Role | "ingest", string>> = {
  viewer: "sees everything, changes nothing",
  editor: "changes rules and policies, and decides about events",
  admin: "does all of it, and says who gets in",
  ingest: "sends audit events, and sees nothing",
};
export const userRoles: readonly Role[] = ["viewer", "editor", "admin"];
