/** A certificate authority for a test's control plane, and what it signs. */
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

/** PEM texts. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface Authority {
  /** PEM. */
  readonly cert: string;
  /** For a server on 127.0.0.1 and a client alike: `subject` as `CN=…, O=…` is who a client is. */
  sign(subject: string): Promise<Certificate>;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const dayMs = 24 * 3_600_000;

export async function authority(name: string): Promise<Authority> {
  const { subtle } = webcrypto;
  const newKeys = () => subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const pem = async (key: webcrypto.CryptoKey) =>
    x509.PemConverter.encode(await subtle.exportKey("pkcs8", key), "PRIVATE KEY");
  const lasting = { notBefore: new Date(Date.now() - dayMs), notAfter: new Date(Date.now() + 2 * dayMs) };
  const own = await newKeys();
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    ...lasting,
    keys: own,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
    ],
  });
  return {
    cert: `${root.toString("pem")}\n`,
    async sign(subject) {
      const keys = await newKeys();
      const cert = await x509.X509CertificateGenerator.create({
        subject,
        issuer: root.subject,
        ...lasting,
        publicKey: keys.publicKey,
        signingKey: own.privateKey,
        signingAlgorithm: algorithm,
        extensions: [
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
          new x509.SubjectAlternativeNameExtension([
            { type: "ip", value: "127.0.0.1" },
            { type: "dns", value: "localhost" },
          ]),
        ],
      });
      return { cert: `${cert.toString("pem")}\n`, key: `${await pem(keys.privateKey)}\n` };
    },
  };
}
