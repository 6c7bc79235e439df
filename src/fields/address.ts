/** Addresses as bytes, 4 or 16 of them, which is what fields of type `ipaddr` answer. */

/** Undefined for what is no address; a zone is cut off. */
export function addressOf(text: string): Uint8Array | undefined {
  return v4(text) ?? v6(text.split("%", 1)[0] ?? "");
}

function v4(text: string): Uint8Array | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  const bytes = match?.slice(1).map(Number);
  return bytes?.every((byte) => byte < 256) ? Uint8Array.from(bytes) : undefined;
}

function v6(text: string): Uint8Array | undefined {
  const halves = text.split("::");
  if (halves.length > 2 || !text.includes(":")) return undefined;
  const [left, right] = halves.map(groups);
  if (left === undefined || (halves.length === 2 && right === undefined)) return undefined;
  const missing = 16 - left.length - (right?.length ?? 0);
  if (halves.length === 2 ? missing < 2 : missing !== 0) return undefined;
  return Uint8Array.from([...left, ...Array<number>(missing).fill(0), ...(right ?? [])]);
}

function groups(text: string): number[] | undefined {
  if (text === "") return [];
  const bytes: number[] = [];
  const parts = text.split(":");
  for (const [at, part] of parts.entries()) {
    const tail = at === parts.length - 1 ? v4(part) : undefined;
    if (tail !== undefined) bytes.push(...tail);
    else if (/^[0-9a-fA-F]{1,4}$/.test(part))
      bytes.push(Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 255);
    else return undefined;
  }
  return bytes;
}
