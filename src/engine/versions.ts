/** Versions of three dotted numbers, as Falco reads and compares them (reference 01 §1.4, §2.4). */

export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** The language we speak is that of Falco's engine 0.63.0. */
export const engineVersion: Version = { major: 0, minor: 63, patch: 0 };

/** `x.y.z` at the start of a text; whatever follows is ignored, as Falco does. */
export function versionOf(text: string): Version | undefined {
  const found = /^(\d+)\.(\d+)\.(\d+)/.exec(text);
  if (!found) return undefined;
  const [major, minor, patch] = found.slice(1).map(Number) as [number, number, number];
  return Math.max(major, minor, patch) <= 0xffffffff ? { major, minor, patch } : undefined;
}

/** A bare number N in `required_engine_version` means 0.N.0. */
export const impliedVersion = (number: number): Version => ({ major: 0, minor: number, patch: 0 });

export const versionText = (version: Version): string => `${version.major}.${version.minor}.${version.patch}`;

/** Below, equal or above zero, as for sorting. */
export const compareVersions = (a: Version, b: Version): number =>
  a.major - b.major || a.minor - b.minor || a.patch - b.patch;

/** Same major number, and not older than what is required. */
export const isCompatible = (has: Version, required: Version): boolean =>
  has.major === required.major && compareVersions(has, required) >= 0;

/** An unsigned number as a C++ stream reads it: hex with `0x`, octal with `0`, at most 2^32-1 (reference 01 §1.1). */
export function unsigned(text: string): number | undefined {
  const found = /^(?:0[xX]([0-9a-fA-F]+)|0([0-7]*)|([1-9][0-9]*))[ \t\n\r\v\f]*$/.exec(text);
  if (!found) return undefined;
  const [, hex, octal, decimal] = found;
  const value =
    hex !== undefined
      ? Number.parseInt(hex, 16)
      : octal !== undefined
        ? Number.parseInt(octal || "0", 8)
        : Number(decimal);
  return value <= 0xffffffff ? value : undefined;
}
