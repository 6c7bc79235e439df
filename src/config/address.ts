/** `ADDR:PORT`, as options and flags write where to listen. */
import { isIP } from "node:net";
import { z } from "zod";

export interface Address {
  /** Without brackets; `0.0.0.0` for none: every address of the machine. */
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
}

/** Undefined for what is no address. `:7766` listens everywhere, `[::1]:7766` on an IPv6 address. */
export function readAddress(text: string): Address | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([^[\]]+)\]|([^[\]:]*)):(\d{1,5})$/.exec(text.trim()) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) return undefined;
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? { host: bracketed, port } : undefined;
  if (plain === undefined || plain === "") return { host: "0.0.0.0", port };
  if (/^[\d.]+$/.test(plain) && isIP(plain) !== 4) return undefined;
  return /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(plain) ? { host: plain, port } : undefined;
}

/** True where only this machine can reach it. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host) || host === "::ffff:127.0.0.1";
}

/** As people and URLs write it. */
export function addressText({ host, port }: Address): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

export const addressOption = z.string().refine((text) => readAddress(text) !== undefined, {
  error: "must be ADDR:PORT, like `127.0.0.1:7766`, `[::1]:7766`, or `:7766` for every address",
});
