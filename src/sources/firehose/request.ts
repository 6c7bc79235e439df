/** What Firehose posts to an HTTP endpoint: records, each base64 around what CloudWatch Logs packed (reference 03 §1.7). */
import { plainOf } from "../packed.ts";

export type Delivery =
  | { readonly ok: true; readonly requestId: string; readonly body: Buffer; readonly records: number }
  | { readonly ok: false; readonly requestId: string; readonly why: string; readonly tooLarge: boolean };

/** One payload a line, as it was packed; what cannot be unpacked stays as it came, and the decoder says so. */
export async function deliveryOf(request: Buffer, maxBytes: number): Promise<Delivery> {
  const read = parsed(request);
  if (read === undefined) return { ok: false, requestId: "", why: "no JSON object with `records`", tooLarge: false };
  const { requestId, records } = read;
  const lines: Buffer[] = [];
  let size = 0;
  for (const data of records) {
    const packed = Buffer.from(data, "base64");
    const plain = await plainOf(packed, maxBytes - size);
    if (plain === "too-large")
      return { ok: false, requestId, why: `more than ${maxBytes} bytes unpacked`, tooLarge: true };
    size += plain.length;
    lines.push(plain);
  }
  return {
    ok: true,
    requestId,
    body: Buffer.concat(lines.flatMap((line) => [line, Buffer.from("\n")])),
    records: records.length,
  };
}

function parsed(request: Buffer): { requestId: string; records: string[] } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(request.toString());
  } catch {
    return undefined;
  }
  const { requestId = "", records } = (value ?? {}) as { requestId?: unknown; records?: unknown };
  if (!Array.isArray(records)) return undefined;
  const data = records.map((record: { data?: unknown } | null) => record?.data);
  return data.every((one) => typeof one === "string")
    ? { requestId: String(requestId), records: data as string[] }
    : undefined;
}
