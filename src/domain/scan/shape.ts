/** The parts of an audit event whose places a scan notes: each has a number, its slot. */

/** A member whose place is noted, with members of its own. */
export interface Wanted {
  readonly slot: number;
  readonly names: Names | undefined;
}

/** Names of members, looked up by their bytes. Escaped names are found by none; see `scanner.ts`. */
export class Names {
  readonly #rows: (readonly { readonly name: Uint8Array; readonly wanted: Wanted }[] | undefined)[] = [];

  constructor(wanted: ReadonlyMap<string, Wanted>) {
    for (const [name, one] of wanted) {
      const bytes = new TextEncoder().encode(name);
      const row = rowOf(bytes, 0, bytes.length);
      this.#rows[row] = [...(this.#rows[row] ?? []), { name: bytes, wanted: one }];
    }
    for (let row = 0; row < rows; row++) this.#rows[row] ??= undefined;
  }

  /** What is wanted of the member whose name stands there, without its quotes. */
  find(bytes: Uint8Array, from: number, to: number): Wanted | undefined {
    const row = this.#rows[rowOf(bytes, from, to)];
    if (row === undefined) return undefined;
    for (const { name, wanted } of row) if (isAt(bytes, from, to, name)) return wanted;
    return undefined;
  }
}

const rows = 64;

function rowOf(bytes: Uint8Array, from: number, to: number): number {
  if (to === from) return 0;
  return ((to - from) * 7 + bytes[from]! * 3 + bytes[to - 1]!) & (rows - 1);
}

export function isAt(bytes: Uint8Array, from: number, to: number, name: Uint8Array): boolean {
  if (to - from !== name.length) return false;
  for (let at = 0; at < name.length; at++) if (bytes[from + at] !== name[at]) return false;
  return true;
}

/** Below the event itself; what stands in the same object stands together. */
const paths = [
  "kind",
  "apiVersion",
  "level",
  "auditID",
  "stage",
  "requestURI",
  "verb",
  "user",
  "user/username",
  "user/uid",
  "user/groups",
  "user/extra",
  "impersonatedUser",
  "impersonatedUser/username",
  "impersonatedUser/uid",
  "impersonatedUser/groups",
  "sourceIPs",
  "userAgent",
  "objectRef",
  "objectRef/resource",
  "objectRef/subresource",
  "objectRef/namespace",
  "objectRef/name",
  "objectRef/apiGroup",
  "objectRef/apiVersion",
  "responseStatus",
  "responseStatus/code",
  "responseStatus/reason",
  "responseStatus/status",
  "requestObject",
  "responseObject",
  "requestReceivedTimestamp",
  "stageTimestamp",
  "annotations",
  // What tells that an event must be brought to its shape first, or was wrapped by somebody.
  "metadata",
  "log_type",
  "k8s_audit_level",
  "openshift_audit_level",
] as const;

export type SlotPath = (typeof paths)[number];

export const slotCount = paths.length;

export const slotPaths: readonly SlotPath[] = paths;

const numbers: ReadonlyMap<string, number> = new Map(paths.map((path, slot) => [path, slot]));

export const slotOf = (path: SlotPath): number => numbers.get(path)!;

const top: ReadonlyMap<string, { readonly slot: number; readonly members: ReadonlyMap<string, number> }> = new Map(
  paths
    .filter((path) => !path.includes("/"))
    .map((path) => [
      path,
      {
        slot: numbers.get(path)!,
        members: new Map(
          paths
            .filter((one) => one.startsWith(`${path}/`))
            .map((one) => [one.slice(path.length + 1), numbers.get(one)!]),
        ),
      },
    ]),
);

/** The slot of an event's member and those of its members. */
export const topSlot = (name: string) => top.get(name);

/** The slot of the member of an object that has a slot itself, or of the event for `undefined`. */
export const slotAt = (parent: string | undefined, name: string): number | undefined =>
  numbers.get(parent === undefined ? name : `${parent}/${name}`);

export const pathOf = (slot: number): string => paths[slot]!;

function namesBelow(parent: string): Names | undefined {
  const found = new Map<string, Wanted>();
  for (const path of paths) {
    const slash = path.lastIndexOf("/");
    if (path.slice(0, Math.max(slash, 0)) !== parent) continue;
    found.set(path.slice(slash + 1), { slot: numbers.get(path)!, names: namesBelow(path) });
  }
  return found.size === 0 ? undefined : new Names(found);
}

/** The members of an event. */
export const eventNames: Names = namesBelow("")!;
