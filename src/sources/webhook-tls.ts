/** Certificates from files, read again when they change. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { SecureContextOptions } from "node:tls";

export interface TlsFiles {
  readonly cert_file: string;
  readonly key_file: string;
  readonly client_ca_file?: string;
  /** Who signed the certificate. Not served, but watched like the others. */
  readonly ca_file?: string;
}

/** What the files hold; throws, naming the file, where one cannot be read. */
export function tlsMaterial(files: TlsFiles): SecureContextOptions & { readonly print: string } {
  const cert = readFileSync(files.cert_file);
  const key = readFileSync(files.key_file);
  const ca = files.client_ca_file === undefined ? undefined : readFileSync(files.client_ca_file);
  const digest = createHash("sha256").update(cert).update(key);
  if (ca) digest.update(ca);
  if (files.ca_file !== undefined) digest.update(readFileSync(files.ca_file));
  return { cert, key, ca, minVersion: "TLSv1.2", print: digest.digest("hex") };
}

/**
 * Looks again every so often, by content: a mounted Kubernetes secret changes by a swapped link that file watching
 * misses. A half-written pair is told by `failed`, and the former stays.
 */
export function watchTls(
  files: TlsFiles,
  everyMs: number,
  changed: (material: SecureContextOptions) => void,
  failed: (why: string) => void,
): () => void {
  let { print } = tlsMaterial(files);
  const timer = setInterval(() => {
    try {
      const material = tlsMaterial(files);
      if (material.print === print) return;
      changed(material);
      print = material.print;
    } catch (error) {
      failed(error instanceof Error ? error.message : String(error));
    }
  }, everyMs).unref();
  return () => clearInterval(timer);
}
