/** Who is looking, and what they may. */
import { useQuery } from "@tanstack/react-query";
import { ApiFailure, get } from "./api.ts";

export interface Session {
  readonly user: string;
  readonly role: "viewer" | "editor" | "admin";
  readonly csrf?: string;
  readonly by: "session" | "token";
  /** How the session began. */
  readonly way?: "password" | "link" | "oidc";
}

const roles = ["viewer", "editor", "admin"];

/** Null for nobody; never fails for that. */
export const sessionQuery = {
  queryKey: ["session"],
  queryFn: async (): Promise<Session | null> => {
    try {
      return await get<Session>("session");
    } catch (error) {
      if (error instanceof ApiFailure && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 60_000,
};

export function useSession(): Session | null | undefined {
  return useQuery(sessionQuery).data;
}

/** Whether whoever looks has this role or a higher one. */
export function useMay(role: Session["role"]): boolean {
  const session = useSession();
  return session !== null && session !== undefined && roles.indexOf(session.role) >= roles.indexOf(role);
}
