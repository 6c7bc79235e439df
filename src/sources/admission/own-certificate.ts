/** A certificate authority and a server certificate of our own, kept over restarts, renewed before they end. */
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { isIP } from "node:net";
import * as x509 from "@peculiar/x509";
import type { SourceMemory } from "../../domain/source.ts";

/** PEM texts. */
export interface OwnCertificate {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

interface Kept extends OwnCertificate {
  readonly caKey: string;
  readonly names: readonly string[];
  /** When the server's certificate ends, RFC 3339. */
  readonly until: string;
}

const memoryKey = "certificate";
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const dayMs = 24 * 3_600_000;
const authorityDays = 3650;
const serverDays = 365;
/** Renewed when it lasts no longer. */
const renewDays = 60;

/**
 * The authority stays as long as it outlives what it signs, so a `caBundle` once given out stays right when the server's
 * certificate is made anew.
 */
export async function ownCertificate(
  names: readonly string[],
  memory: SourceMemory,
  now: Date,
): Promise<OwnCertificate> {
  const text = await memory.get(memoryKey);
  const kept = text === undefined ? undefined : (JSON.parse(text) as Kept);
  const lasts = kept !== undefined && Date.parse(kept.until) - now.getTime() > renewDays * dayMs;
  if (lasts && kept.names.join() === names.join()) return kept;
  const authority = kept !== undefined && outlives(kept.ca, now) ? kept : await newAuthority(now);
  const made = await newServer(names, authority, now);
  await memory.set(memoryKey, JSON.stringify(made));
  return made;
}

const outlives = (ca: string, now: Date): boolean =>
  new x509.X509Certificate(ca).notAfter.getTime() > now.getTime() + serverDays * dayMs;

async function newAuthority(now: Date): Promise<{ readonly ca: string; readonly caKey: string }> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=Tiercel admission authority",
    notBefore: new Date(now.getTime() - dayMs),
    notAfter: new Date(now.getTime() + authorityDays * dayMs),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      // Two authorities of one name in a bundle are told apart by their keys.
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { ca: cert.toString("pem"), caKey: await keyPem(keys.privateKey) };
}

async function newServer(
  names: readonly string[],
  { ca, caKey }: { readonly ca: string; readonly caKey: string },
  now: Date,
): Promise<Kept> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const authority = new x509.X509Certificate(ca);
  const until = new Date(now.getTime() + serverDays * dayMs);
  const cert = await x509.X509CertificateGenerator.create({
    subject: "CN=tiercel",
    issuer: authority.subject,
    notBefore: new Date(now.getTime() - dayMs),
    notAfter: until,
    publicKey: keys.publicKey,
    signingKey: await importedKey(caKey),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      await x509.AuthorityKeyIdentifierExtension.create(authority.publicKey),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) ? ("ip" as const) : ("dns" as const), value })),
      ),
    ],
  });
  const key = await keyPem(keys.privateKey);
  return { cert: cert.toString("pem"), key, ca, caKey, names, until: until.toISOString() };
}

async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}

async function importedKey(pem: string): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey("pkcs8", x509.PemConverter.decodeFirst(pem), algorithm, false, ["sign"]);
}
