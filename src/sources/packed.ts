/** What CloudWatch Logs sends on to others: payloads packed by gzip, one a record. */
import { unpacked } from "./webhook-body.ts";

const gzipStart = Buffer.from([0x1f, 0x8b]);

/** As it was packed; what cannot be unpacked stays as it came, and the decoder says so. `left` bounds it, in bytes. */
export async function plainOf(packed: Buffer, left: number): Promise<Buffer | "too-large"> {
  if (!packed.subarray(0, 2).equals(gzipStart)) return packed.length > left ? "too-large" : packed;
  try {
    return await unpacked(packed, "gzip", left);
  } catch {
    // Broken gzip is kept whole: it ends in quarantine, where somebody can look at it.
    return packed;
  }
}
