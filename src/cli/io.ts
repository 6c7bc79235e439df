/** What a command speaks to: writers, a reader, the environment and a clock. Tests hand in their own. */

import { hostname } from "node:os";
import { type Diagnostic, drawer } from "../text/diagnostic.ts";

export interface Writer {
  /** Resolves when more may be written. */
  write(text: string): Promise<void>;
  readonly isTTY: boolean;
  /** Characters in a line of the terminal; 80 where there is none. */
  readonly columns: number;
}

export interface Io {
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdinIsTTY: boolean;
  /** Data. */
  readonly stdout: Writer;
  /** Talk. */
  readonly stderr: Writer;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  readonly hostname: string;
}

/** What a command's end says to the shell. */
export const exitCodes = { fine: 0, findings: 1, invalid: 2, unreachable: 3 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What the user asked for cannot be done as asked; `main` shows it, with its remedy, and ends with `invalid`. */
export class UsageError extends Error {
  readonly help: string | undefined;
  constructor(message: string, help?: string) {
    super(message);
    this.help = help;
  }
}

export function processIo(): Io {
  return {
    stdin: process.stdin,
    stdinIsTTY: process.stdin.isTTY === true,
    stdout: writerTo(process.stdout),
    stderr: writerTo(process.stderr),
    env: process.env,
    now: () => new Date(),
    hostname: hostname(),
  };
}

function writerTo(stream: NodeJS.WriteStream): Writer {
  return {
    write: (text) =>
      new Promise((resolve) => {
        // Called when it is written, and when it cannot be.
        if (stream.write(text, () => resolve())) resolve();
      }),
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.columns ?? 80;
    },
  };
}

/** The name alerts carry: the machine's, or what the environment says instead, as Falco has it. */
export const alertHostname = ({ env, hostname }: Io): string => env.FALCO_HOSTNAME || hostname;

export type Paint = Readonly<Record<"red" | "green" | "yellow" | "cyan" | "dim" | "bold", (text: string) => string>>;

/** Colours where a terminal shows them and nobody asked for none (no-color.org). */
export function paint(writer: Pick<Writer, "isTTY">, env: Io["env"]): Paint {
  const coloured = isColoured(writer, env);
  const style = (on: number, off: number) => (text: string) => (coloured ? `\x1b[${on}m${text}\x1b[${off}m` : text);
  return {
    red: style(31, 39),
    green: style(32, 39),
    yellow: style(33, 39),
    cyan: style(36, 39),
    dim: style(2, 22),
    bold: style(1, 22),
  };
}

function isColoured({ isTTY }: Pick<Writer, "isTTY">, { NO_COLOR, TERM }: Io["env"]): boolean {
  return isTTY && !NO_COLOR && TERM !== "dumb";
}

/** How diagnostics are drawn on stderr: in colour and as wide as the terminal, where it is one. */
export function drawerFor({ stderr, env }: Pick<Io, "stderr" | "env">): (diagnostic: Diagnostic) => string {
  return drawer(stderr.isTTY ? { colour: isColoured(stderr, env), width: stderr.columns } : {});
}
