/** An Io whose ends are in memory, for tests. */
import type { Io, Writer } from "./io.ts";

export interface TestIo extends Io {
  /** What was written so far. */
  readonly out: () => string;
  readonly err: () => string;
}

export interface TestIoOptions {
  readonly stdin?: string | Uint8Array | readonly Uint8Array[];
  readonly env?: Io["env"];
  readonly tty?: boolean;
}

export function testIo({ stdin, env = {}, tty = false }: TestIoOptions = {}): TestIo {
  const written = { out: "", err: "" };
  const writer = (end: "out" | "err"): Writer => ({
    write: async (text) => {
      written[end] += text;
    },
    isTTY: tty,
    columns: 100,
  });
  let ticks = 0;
  return {
    stdin: pieces(stdin),
    stdinIsTTY: stdin === undefined,
    stdout: writer("out"),
    stderr: writer("err"),
    env,
    // A clock that goes on by a tenth of a second whenever it is looked at.
    now: () => new Date(Date.UTC(2024, 0, 1) + 100 * ticks++),
    hostname: "myhost",
    out: () => written.out,
    err: () => written.err,
  };
}

async function* pieces(stdin: TestIoOptions["stdin"] = ""): AsyncGenerator<Uint8Array> {
  if (typeof stdin === "string") yield Buffer.from(stdin);
  else if (stdin instanceof Uint8Array) yield stdin;
  else yield* stdin;
}
