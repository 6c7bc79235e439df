/** The tree of wanted names, written as `assembly/walk.ts` reads it. */

/** A wanted member of an event: `objectRef/name`. */
export interface WantedPath {
  readonly path: string;
  /** The number of its place; none for a name that is only passed, for which guessing it is quicker than finding it unwanted. */
  readonly slot?: number;
  /** Whether objects in arrays on the way to it count: then the place is that of one of several. */
  readonly throughArrays?: boolean;
}

interface Node {
  readonly members: Map<string, Member>;
}

interface Member {
  slot: number | undefined;
  throughArrays: boolean;
  node: Node | undefined;
}

const nodeBytes = 8 + 64 * 4;
const entryBytes = 64;
const encoder = new TextEncoder();

export function trieOf(wanted: readonly WantedPath[]): Node {
  const root: Node = { members: new Map() };
  for (const { path, slot, throughArrays = false } of wanted) {
    let node = root;
    const steps = path.split("/");
    for (const [at, step] of steps.entries()) {
      let member = node.members.get(step);
      if (member === undefined) {
        member = { slot: undefined, throughArrays: false, node: undefined };
        node.members.set(step, member);
      }
      if (at === steps.length - 1) member.slot ??= slot;
      else {
        member.throughArrays ||= throughArrays;
        member.node ??= { members: new Map() };
        node = member.node;
      }
    }
  }
  return root;
}

/** How much room a tree takes. */
export function trieBytes(node: Node): number {
  let bytes = nodeBytes;
  for (const [name, member] of node.members) {
    bytes += entryBytes;
    const long = nameLength(name);
    if (long > 32) bytes += (long + 31) & ~15;
    if (member.node !== undefined) bytes += trieBytes(member.node);
  }
  return bytes;
}

const nameLength = (name: string) => encoder.encode(name).length + 3;

/** Writes a tree at `at` of zeroed memory, and answers where it ends. */
export function writeTrie(node: Node, memory: DataView, at: number): number {
  let free = at + nodeBytes;
  const bytes = new Uint8Array(memory.buffer);
  for (const [name, member] of node.members) {
    const entry = free;
    free += entryBytes;
    const key = encoder.encode(`"${name}":`);
    bytes.set(key.subarray(0, 32), entry);
    const word = (offset: number, value: number) => memory.setUint32(entry + offset, value, true);
    word(32, key.length >= 32 ? 0xffffffff : 2 ** key.length - 1);
    word(36, key.length);
    word(40, member.slot === undefined ? 0xffffffff : member.slot * 8);
    if (key.length > 32) {
      bytes.set(key, free);
      word(56, free);
      free += (key.length + 31) & ~15;
    }
    word(60, member.throughArrays ? 1 : 0);
    const row = at + 8 + 4 * rowOf(key.subarray(1, -2));
    word(52, memory.getUint32(row, true));
    memory.setUint32(row, entry, true);
    if (member.node !== undefined) {
      word(44, free);
      free = writeTrie(member.node, memory, free);
    }
  }
  return free;
}

function rowOf(name: Uint8Array): number {
  const { length } = name;
  return length === 0 ? 0 : (length * 7 + name[0]! * 3 + name[length - 1]!) & 63;
}
