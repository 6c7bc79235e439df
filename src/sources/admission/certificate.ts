/** The certificate that API servers meet: from files, or our own; a new one is shown once they know who signed it. */
import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import type { SourceWorld } from "../../domain/source.ts";
import { tlsMaterial, watchTls } from "../webhook-tls.ts";
import type { Authorities } from "./authorities.ts";
import type { AdmissionConfig } from "./config.ts";

const tlsCheckMs = 10_000;
const renewCheckMs = 24 * 3_600_000;
/** API servers watch registrations, and know of a change within a second or two. */
const heardMs = 3000;

interface Shown {
  readonly config: Pick<AdmissionConfig, "tls" | "names">;
  readonly world: Pick<SourceWorld, "log" | "memory" | "now">;
  readonly signers: Authorities;
  readonly show: (material: SecureContextOptions) => void;
  /** Tells API servers whom to trust; true where they did not know it all. */
  readonly announce: () => Promise<boolean>;
}

/** Shows the certificate, and each that follows it, until it is told to stop. Rejects where there is none. */
export async function certificate({ config, world, signers, show, announce }: Shown): Promise<() => void> {
  let replacing: Promise<void> = Promise.resolve();
  const replace = (next: () => Promise<{ readonly ca: string; readonly material: SecureContextOptions }>) => {
    replacing = replacing
      .then(async () => {
        const { ca, material } = await next();
        if ((await signers.sign(ca)) && (await announce())) await wait(heardMs, undefined, { ref: false });
        show(material);
      })
      .catch((error) => world.log("error", `the admission webhook's certificate could not be replaced: ${error}`));
  };

  const { tls } = config;
  if (tls) {
    const ca = () => readFileSync(tls.ca_file ?? tls.cert_file, "utf8");
    const { print: _, ...material } = tlsMaterial(tls);
    await signers.sign(ca());
    show(material);
    const failed = (why: string) =>
      world.log("warn", `the admission webhook's certificate cannot be used, the former stays: ${why}`);
    const changed = (next: SecureContextOptions) => {
      // Throws where key and certificate are not a pair, so that the files are looked at again.
      createSecureContext(next);
      const signed = { ca: ca(), material: next };
      replace(async () => signed);
    };
    return watchTls(tls, tlsCheckMs, changed, failed);
  }
  // Loaded where it is needed: it takes a while.
  const { ownCertificate } = await import("./own-certificate.ts");
  const own = async () => {
    const { ca, cert, key } = await ownCertificate(config.names, world.memory, world.now());
    return { ca, material: { cert, key, minVersion: "TLSv1.2" as const } };
  };
  const { ca, material } = await own();
  await signers.sign(ca);
  show(material);
  const timer = setInterval(() => replace(own), renewCheckMs).unref();
  return () => clearInterval(timer);
}
