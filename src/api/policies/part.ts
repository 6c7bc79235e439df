/** What the API asks of whoever keeps the policies. What is refused is thrown as a `RequestFailure`. */
import type { Policy } from "../../policies/index.ts";

export interface KeptPolicy {
  readonly policy: Policy;
  /** Grows with each change; 0 for one of ours that nobody changed. */
  readonly version: number;
}

export interface Policies {
  list(): readonly KeptPolicy[];
  get(name: string): KeptPolicy | undefined;
  /** `expected` is the version it replaces, 0 for none; undefined takes whatever there is. It counts when this resolves. */
  save(policy: Policy, expected: number | undefined, by: string): Promise<KeptPolicy>;
  /** Removes a user's own; of one of ours, what was changed. */
  remove(name: string, expected: number | undefined, by: string): Promise<void>;
}
