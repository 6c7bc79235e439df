/**
 * Who signs the admission webhook's certificate, and who signed the former ones. API servers hear of a changed `caBundle`
 * by a watch, other replicas of ours of a changed secret within minutes: until then each may meet the other's certificate.
 */
import type { SourceMemory } from "../../domain/source.ts";

/** So long a former authority stays in the bundle. */
const overlapMs = 24 * 3_600_000;
const memoryKey = "authorities";

interface Former {
  /** PEM. */
  readonly ca: string;
  /** When it leaves the bundle, RFC 3339. */
  readonly until: string;
}

interface Kept {
  readonly ca: string;
  readonly former: readonly Former[];
}

export interface Authorities {
  /** From now on this one signs; resolves once that is remembered. True where another did before. */
  sign(ca: string): Promise<boolean>;
  /** PEM: the one that signs, then those that did within the last day. */
  bundle(): string;
  /** PEM: those whose time in the bundle is over; each may still stand in a registration. */
  gone(): readonly string[];
}

/** What a former process knew of them is remembered. */
export async function authorities(memory: SourceMemory, now: () => Date): Promise<Authorities> {
  const text = await memory.get(memoryKey);
  let kept = text === undefined ? undefined : (JSON.parse(text) as Kept);
  const isOver = ({ until }: Former) => Date.parse(until) <= now().getTime();
  return {
    async sign(ca) {
      if (kept?.ca === ca) return false;
      const until = new Date(now().getTime() + overlapMs).toISOString();
      const former = [...(kept === undefined ? [] : [{ ca: kept.ca, until }]), ...(kept?.former ?? [])];
      const isOther = kept !== undefined;
      kept = { ca, former: former.filter((one) => one.ca !== ca).slice(0, mostFormer) };
      await memory.set(memoryKey, JSON.stringify(kept));
      return isOther;
    },
    bundle() {
      const { ca = "", former = [] } = kept ?? {};
      return [ca, ...former.filter((one) => !isOver(one)).map((one) => one.ca)].map(ended).join("");
    },
    gone: () => (kept?.former ?? []).filter(isOver).map(({ ca }) => ca),
  };
}

/** A certificate that is its own authority changes at each renewal. */
const mostFormer = 8;

const ended = (pem: string, at: number, all: readonly string[]): string =>
  at === all.length - 1 || pem.endsWith("\n") ? pem : `${pem}\n`;

/** The certificates of a PEM text, each as its base64 alone; a text that holds none counts as one. */
export function certificatesOf(pem: string): readonly string[] {
  const found = [...pem.matchAll(/-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/g)];
  return found.length === 0 ? [pem] : found.map(([, base64 = ""]) => base64.replace(/\s/g, ""));
}
