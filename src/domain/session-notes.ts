/** What audit data cannot tell of a session, said plainly. */
import type { Outcome } from "./activity.ts";
import { isShell } from "./request-uri.ts";

export interface SessionFacts {
  readonly kind: "exec" | "attach" | "port-forward" | "proxy";
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly interactive: boolean;
  readonly ports: readonly number[];
  readonly end: string | null;
  readonly outcome: Outcome;
  readonly requests: number;
}

export function sessionNotes(facts: SessionFacts): string[] {
  if (facts.outcome === "denied") return ["It was refused: nothing ran and nothing went through."];
  if (facts.outcome === "failed") return ["It failed: the answer says that the stream was not opened, or broke off."];
  return [content(facts), ...(facts.end === null ? [unended(facts)] : [])];
}

function unended({ outcome }: SessionFacts): string {
  return outcome === "unfinished"
    ? "No answer was seen: whether it was let through is not known."
    : "No end was seen: it is still open, or its end was never sent to us.";
}

function content({ kind, command, stdin, interactive, ports, requests }: SessionFacts): string {
  switch (kind) {
    case "exec":
      if (interactive)
        return isShell(command)
          ? "An interactive shell: what was typed is not in audit data."
          : "An interactive program: what was typed is not in audit data.";
      if (command.length === 0) return "The audit event does not say which command ran.";
      return stdin
        ? "The command is known; what was sent to it and what it printed is not in audit data."
        : "The command is known; what it printed is not in audit data.";
    case "attach":
      return interactive
        ? "Attached to the container's own process: what was typed and shown is not in audit data."
        : "Attached to the container's own process, to watch: what was shown is not in audit data.";
    case "port-forward":
      return ports.length === 0
        ? "Which ports is agreed upon inside the connection: neither they nor what went through are in audit data."
        : "The ports are known; what went through them is not in audit data.";
    case "proxy":
      return `The ${requests === 1 ? "path" : "paths"} asked for ${requests === 1 ? "is" : "are"} known; what was answered is not in audit data.`;
  }
}
