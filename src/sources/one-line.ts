/** A message of a queue as one line of a batch. */

const newline = Buffer.from("\n");
const byteOrderMark = Buffer.from("\uFEFF");
const blanks = new Set([0x0a, 0x0d, 0x20, 0x09]);

/** A message of several lines stays one in the envelope of a Pub/Sub push, so that garbage spoils no neighbour. */
export function lineOf(message: Buffer): Buffer {
  const data = bare(message);
  if (!data.includes(0x0a) && !data.includes(0x0d)) return Buffer.concat([data, newline]);
  return Buffer.from(`{"message":{"data":"${data.toString("base64")}"}}\n`);
}

/** Without a byte order mark, which would stand amid a batch, and without line feeds at its end. */
function bare(message: Buffer): Buffer {
  const from = message.subarray(0, byteOrderMark.length).equals(byteOrderMark) ? byteOrderMark.length : 0;
  let to = message.length;
  while (to > from && blanks.has(message[to - 1] ?? 0)) to--;
  return message.subarray(from, to);
}
