/** IP addresses and networks: read as Falco's constants are written, printed as `inet_ntop` prints them. */

/** 4 or 16 bytes, most significant first. */
export type Address = Uint8Array;

/** The addresses whose first `bits` are those of `address`. Bits of the host are ignored. */
export interface Network {
  readonly address: Address;
  readonly bits: number;
}

export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

/** A text with a `.` is read as IPv4, any other as IPv6; an IPv4-mapped IPv6 address can therefore not be written. */
export function readAddress(text: string): Read<Address> {
  const four = text.includes(".");
  const address = four ? readFour(text) : readSix(text);
  if (address) return { ok: true, value: address };
  return { ok: false, message: `unrecognized IPv${four ? 4 : 6} address ${text}` };
}

/** `address/bits`. A single address is no network. */
export function readNetwork(text: string): Read<Network> {
  const slash = text.indexOf("/");
  if (slash < 0) return { ok: false, message: `unrecognized IP network ${text}` };
  const address = readAddress(text.slice(0, slash));
  if (!address.ok) return address;
  const mask = text.slice(slash + 1);
  const four = address.value.length === 4;
  const bits = /^[0-9]{1,3}$/.test(mask) ? Number(mask) : Number.POSITIVE_INFINITY;
  if (bits > address.value.length * 8) {
    return { ok: false, message: `invalid ${four ? "" : "v6 "}netmask ${mask}` };
  }
  return { ok: true, value: { address: address.value, bits } };
}

export function sameAddress(a: Address, b: Address): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Whether the address lies in the network; never across families. */
export function isWithin(address: Address, network: Network): boolean {
  if (address.length !== network.address.length) return false;
  const whole = network.bits >> 3;
  for (let i = 0; i < whole; i++) if (address[i] !== network.address[i]) return false;
  const rest = network.bits & 7;
  return rest === 0 || ((address[whole]! ^ network.address[whole]!) & (0xff00 >> rest) & 0xff) === 0;
}

/** `10.0.0.1`, `2001:db8::1`, `::ffff:10.0.0.1`. */
export function printAddress(address: Address): string {
  if (address.length === 4) return address.join(".");
  const words = Array.from({ length: 8 }, (_, i) => (address[2 * i]! << 8) | address[2 * i + 1]!);
  const gap = longestZeros(words);
  const mapped = gap.from === 0 && (gap.length === 6 || (gap.length === 5 && words[5] === 0xffff));
  const parts = words.map((word) => word.toString(16));
  if (mapped) parts.splice(6, 2, address.slice(12).join("."));
  if (gap.length < 2) return parts.join(":");
  return `${parts.slice(0, gap.from).join(":")}::${parts.slice(gap.from + gap.length).join(":")}`;
}

/** Each part is decimal, from 0 to 255, without a leading zero. */
function readFour(text: string): Address | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) < 256)) return;
  return Uint8Array.from(parts, Number);
}

function readSix(text: string): Address | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return;
  const [front, back] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const words = [...front!, ...(back ?? [])];
  if (!words.every((word) => /^[0-9a-fA-F]{1,4}$/.test(word))) return;
  if (back ? words.length > 7 : words.length !== 8) return;
  const all = back ? [...front!, ...Array<string>(8 - words.length).fill("0"), ...back] : front!;
  return Uint8Array.from(all.flatMap((word) => [Number.parseInt(word, 16) >> 8, Number.parseInt(word, 16) & 0xff]));
}

function longestZeros(words: readonly number[]): { from: number; length: number } {
  let best = { from: 0, length: 0 };
  for (let from = 0; from < words.length; from++) {
    let length = 0;
    while (words[from + length] === 0) length++;
    if (length > best.length) best = { from, length };
  }
  return best;
}
