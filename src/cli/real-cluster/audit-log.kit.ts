/** What an API server wrote into its own audit log: the referee of what its webhook had to bring. */
import { existsSync, readFileSync } from "node:fs";

export interface LoggedEvent {
  readonly auditID: string;
  readonly stage: string;
  readonly level: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username?: string };
  readonly objectRef?: { readonly resource?: string; readonly subresource?: string; readonly name?: string };
  readonly responseStatus?: { readonly code?: number };
}

export const auditLog = (file: string): LoggedEvent[] =>
  existsSync(file)
    ? readFileSync(file, "utf8")
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as LoggedEvent)
    : [];

export const eventKey = ({ auditID, stage }: Pick<LoggedEvent, "auditID" | "stage">): string => `${auditID} ${stage}`;
