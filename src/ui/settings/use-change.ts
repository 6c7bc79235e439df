/** Something is changed: what the lists show is asked again, and what went wrong is told. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { troubleOf } from "../login/trouble.tsx";
import { tell } from "../parts/toast.tsx";

export function useChange(...queryKey: readonly string[]) {
  const queries = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  /** Undefined where it went wrong. */
  async function change<T>(what: () => Promise<T>, said?: string): Promise<T | undefined> {
    setBusy(true);
    try {
      const done = await what();
      if (said !== undefined) tell(said, "good");
      return done;
    } catch (error) {
      tell(troubleOf(error).filter(Boolean).join(" "), "bad");
      return undefined;
    } finally {
      setBusy(false);
      await queries.invalidateQueries({ queryKey });
      await queries.invalidateQueries({ queryKey: ["changes"] });
    }
  }
  return { isBusy, change };
}
