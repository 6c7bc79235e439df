/** From where a request comes, and how whoever sent it reaches us: through which proxies, by which address. */
import { BlockList, isIPv4, isIPv6 } from "node:net";
import type { Context } from "hono";
import { isLoopback } from "../config/address.ts";
import { prefixOf } from "./pages.ts";

export interface Caller {
  /** The network address, as far as proxies that we trust tell it. */
  readonly address: string;
  /** True where the browser speaks TLS with us or with the proxy before us. */
  readonly isSecure: boolean;
  /** `https://tiercel.example` */
  readonly origin: string;
  /** What stands before our paths: `/tiercel`, or nothing. */
  readonly base: string;
}

export interface CallerOptions {
  readonly basePath: string;
  /** Whose `X-Forwarded-…` are believed, beside those of this machine. */
  readonly isProxy: (address: string) => boolean;
  /** How browsers reach us, where the operator says so. */
  readonly publicUrl?: string;
}

/** Headers about the way are believed only where the one who sends them is trusted: anybody can write them. */
export function callerOf(context: Context, { basePath, isProxy, publicUrl }: CallerOptions): Caller {
  const { incoming } = (context.env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } };
  const peer = plain(incoming?.socket?.remoteAddress ?? "127.0.0.1");
  const trusts = (address: string) => isLoopback(address) || isProxy(address);
  const told = (name: string) =>
    trusts(peer) ? context.req.header(name)?.split(",").at(-1)?.trim() || undefined : undefined;
  const scheme = told("x-forwarded-proto")?.toLowerCase() ?? new URL(context.req.url).protocol.slice(0, -1);
  const host = told("x-forwarded-host") ?? context.req.header("host") ?? new URL(context.req.url).host;
  const isSecure = scheme === "https";
  return {
    address: trusts(peer) ? farthest(context.req.header("x-forwarded-for"), peer, trusts) : peer,
    isSecure,
    origin: publicUrl === undefined ? `${isSecure ? "https" : "http"}://${host}` : new URL(publicUrl).origin,
    base: prefixOf(context) ?? basePath,
  };
}

/** The last address in the chain that is no proxy of ours: what stands before it is the sender's own claim. */
function farthest(header: string | undefined, peer: string, trusts: (address: string) => boolean): string {
  let found = peer;
  for (const text of (header ?? "").split(",").reverse()) {
    const address = plain(text.trim());
    if (!isIPv4(address) && !isIPv6(address)) break;
    found = address;
    if (!trusts(address)) break;
  }
  return found;
}

const plain = (address: string) => address.replace(/^::ffff:(?=\d+\.)/, "");

/** Whether an address is one of these, or in one of these networks: `10.0.0.0/8`. */
export function oneOf(entries: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = "", bits] = entry.split("/");
    const family = isIPv6(address) ? "ipv6" : "ipv4";
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) =>
    (isIPv4(address) && list.check(address, "ipv4")) || (isIPv6(address) && list.check(address, "ipv6"));
}
