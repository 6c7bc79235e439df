/** Encryption at rest: AES-256-GCM under a key of each segment's own, derived from the operator's. */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { JournalError } from "./journal-error.ts";

/** Bytes that sealing adds: a nonce of 12, a tag of 16. */
export const sealBytes = 28;

/** Seals and opens for one segment. A fresh key per segment keeps random nonces far from repeating. */
export interface Cipher {
  /** Nonce, tag, then the sealed parts. `aad` is told in the clear beside them and cannot be changed unnoticed. */
  seal(aad: Uint8Array, parts: readonly Uint8Array[]): Buffer[];
  /** Undefined where the bytes, the `aad` or the key are not those of the sealing. */
  open(aad: Uint8Array, sealed: Buffer): Buffer | undefined;
  /** 16 bytes that tell a wrong key from a right one. */
  readonly check: Buffer;
}

export function cipherFor(key: Uint8Array, salt: Uint8Array): Cipher {
  const own = Buffer.from(hkdfSync("sha256", key, salt, "tiercel journal segment", 32));
  return {
    seal(aad, parts) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", own, nonce).setAAD(aad);
      const sealed = parts.map((part) => cipher.update(part));
      cipher.final();
      return [nonce, cipher.getAuthTag(), ...sealed];
    },
    open(aad, sealed) {
      if (sealed.length < sealBytes) return undefined;
      const cipher = createDecipheriv("aes-256-gcm", own, sealed.subarray(0, 12)).setAAD(aad);
      cipher.setAuthTag(sealed.subarray(12, sealBytes));
      const opened = cipher.update(sealed.subarray(sealBytes));
      try {
        cipher.final();
      } catch (error) {
        // Node throws a plain Error without a code when the tag does not fit; there is no other way to ask.
        if (error instanceof Error) return undefined;
        throw error;
      }
      return opened;
    },
    check: createHmac("sha256", own).update("tiercel journal key check").digest().subarray(0, 16),
  };
}

/**
 * A key of 32 bytes, written as 64 hexadecimal digits or in base64, as `openssl rand -hex 32` and `-base64 32` print it.
 * Anything else is a `JournalError`.
 */
export function journalKey(text: string): Buffer {
  const trimmed = text.trim();
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return Buffer.from(trimmed, "hex");
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed)) return Buffer.from(trimmed, "base64");
  throw new JournalError(
    "the journal's key must be 32 bytes, written as 64 hexadecimal digits or in base64: `openssl rand -hex 32` makes one",
  );
}
