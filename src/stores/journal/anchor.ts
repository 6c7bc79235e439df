/** A small file that says how far the journal reached, so that an end cut off, or a beginning taken away, is noticed. */
import { hash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { placeFile } from "./disk.ts";
import { JournalError } from "./journal-error.ts";

/** The anchor's own; segments have theirs. */
const format = 1;

export interface Anchor {
  /** The first position that retention has left, and the chain before it. */
  readonly first: number;
  readonly former: string;
  /** A position known to be safe, and the chain after it. Written now and then, so later ones may be safe too. */
  readonly last: number;
  readonly chain: string;
}

export async function writeAnchor(dir: string, anchor: Anchor): Promise<void> {
  await placeFile(join(dir, "anchor.json"), [
    Buffer.from(`${JSON.stringify({ format, ...anchor, check: checkOf(anchor) })}\n`),
  ]);
}

/** `absent` or `broken` where there is none to trust; one of a newer format is a `JournalError`. */
export async function readAnchor(dir: string): Promise<Anchor | "absent" | "broken"> {
  const path = join(dir, "anchor.json");
  try {
    const told: unknown = JSON.parse(await readFile(path, "utf8"));
    if (typeof told !== "object" || told === null) return "broken";
    const { format: version, first, former, last, chain, check } = told as Record<string, unknown>;
    if (typeof version === "number" && version > format)
      throw new JournalError(
        `${path} was written by a newer Tiercel (journal format ${version}, this one knows ${format}): use that version or a later one`,
      );
    if (typeof first !== "number" || typeof former !== "string") return "broken";
    if (typeof last !== "number" || typeof chain !== "string") return "broken";
    const anchor = { first, former, last, chain };
    return version === format && check === checkOf(anchor) ? anchor : "broken";
  } catch (error) {
    if (error instanceof SyntaxError) return "broken";
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "absent";
    throw error;
  }
}

function checkOf({ first, former, last, chain }: Anchor): string {
  return hash("sha256", `tiercel journal anchor ${first} ${former} ${last} ${chain}`);
}
