/**
 * What has been learned of the shape of events: the objects and arrays that were met (a *box*, one for each path), their members,
 * and the spots where values of those stand. All of it lies in a piece of memory of a fixed size; when that is full, it begins anew
 * with the next event. Names are chosen by senders, so lists that are gone through have bounds too.
 */
import { spotBox, spotBytes, spotHole, spotNamed } from "./gaps";
import { entryArrays, entryNode, entryPlace, find } from "./walk";

/** A box: the box that holds it, the node of its wanted members, where its end is noted, its members and how many, what it is. */
export const boxHolder: usize = 0;
export const boxNode: usize = 4;
export const boxPlace: usize = 8;
const boxMembers: usize = 12;
const boxCount: usize = 16;
export const boxIsObject: usize = 20;
/** Other boxes may have had the same places. */
export const boxMany: usize = 24;
export const boxDepth: usize = 28;
/** Whose value it is. */
export const boxMember: usize = 32;
/** The member that stands for all whose names nobody wants, where there are many. */
const boxAny: usize = 36;
const boxBytes: usize = 40;

/** A member: the next one, its name, its wanted entry; then its spots and boxes by kind of value, made when met. */
const memberName: usize = 4;
const memberLength: usize = 8;
const memberEntry: usize = 12;
export const memberText: usize = 16;
export const memberScalar: usize = 20;
export const memberObject: usize = 24;
export const memberArray: usize = 28;
/** The spot behind an object or array, and that behind the name of one that stands for many. */
export const memberBox: usize = 32;
export const memberItself: usize = 36;
const memberBytes: usize = 40;

const mostMembers: u32 = 256;
/** Where none is wanted so many names are learned; with more of them they are taken for chosen, such as the keys of labels. */
const mostUnwanted: u32 = 32;
const scratchBytes: usize = 2048;

let begin: usize = 0;
let end: usize = 0;
let free: usize = 0;
let tree: usize = 0;

/** Whether it must begin anew. */
export let isFull: bool = true;
/** Where an event begins. */
export let start: usize = 0;
/** The event as a member of nothing. */
export let rootMember: usize = 0;
/** Where actions are noted while a gap is read. */
export let scratch: usize = 0;

/** Where what is learned may lie, and the tree of wanted names. */
export function setMemory(from: usize, to: usize, root: usize): void {
  begin = from;
  end = to;
  tree = root;
  isFull = true;
}

export function forgetAll(): void {
  free = begin;
  isFull = false;
  start = take(spotBytes);
  rootMember = take(memberBytes);
  scratch = take(scratchBytes);
}

/** Whether so many bytes are left; if not, all begins anew with the next event. */
export function hasRoom(bytes: usize): bool {
  if (free + bytes <= end) return true;
  isFull = true;
  return false;
}

/** Zeroed memory, at a multiple of 8. */
export function take(bytes: usize): usize {
  const at = free;
  free += (bytes + 7) & ~7;
  memory.fill(at, 0, free - at);
  return at;
}

/** The member of an object whose name stands between two places, quotes and all; 0 where there are too many, see `anyMember`. */
export function namedMember(box: usize, from: usize, to: usize): usize {
  const length = <u32>(to - from);
  for (let one: usize = load<u32>(box, boxMembers); one != 0; one = load<u32>(one))
    if (load<u32>(one, memberLength) == length && memory.compare(load<u32>(one, memberName), from, length) == 0) return one;
  const node: usize = load<u32>(box, boxNode);
  if (load<u32>(box, boxCount) >= (node == 0 ? mostUnwanted : mostMembers)) {
    isFull = isFull || node != 0;
    return 0;
  }
  const name = take(length);
  memory.copy(name, from, length);
  const made = newMember(box);
  store<u32>(made, <u32>name, memberName);
  store<u32>(made, length, memberLength);
  store<u32>(made, node == 0 ? 0 : <u32>find(node, from, to), memberEntry);
  return made;
}

/** The member that stands for those of an object of which no more names are learned; 0 where names are wanted. */
export function anyMember(box: usize): usize {
  if (load<u32>(box, boxNode) != 0) return 0;
  const known: usize = load<u32>(box, boxAny);
  if (known != 0) return known;
  const made = take(memberBytes);
  store<u32>(box, <u32>made, boxAny);
  return made;
}

/** The one member of an array, which stands for all of its elements. */
export function element(box: usize): usize {
  const one: usize = load<u32>(box, boxMembers);
  return one != 0 ? one : newMember(box);
}

function newMember(box: usize): usize {
  const made = take(memberBytes);
  store<u32>(made, load<u32>(box, boxMembers));
  store<u32>(box, <u32>made, boxMembers);
  store<u32>(box, load<u32>(box, boxCount) + 1, boxCount);
  return made;
}

/** Where the places of a member's values are noted; negative for nowhere. */
export function placeOf(member: usize): i32 {
  const entry: usize = load<u32>(member, memberEntry);
  return entry == 0 ? -1 : load<i32>(entry, entryPlace);
}

/** The spot of a member's texts or scalars. */
export function spotOf(member: usize, box: usize, which: usize, kind: i32): usize {
  const known: usize = load<u32>(member + which);
  if (known != 0) return known;
  const made = take(spotBytes);
  store<u32>(member + which, <u32>made);
  store<u32>(made, <u32>box, spotBox);
  const place = which == memberText || which == memberScalar ? placeOf(member) : -1;
  store<i32>(made, (place & ~3) | kind, spotHole);
  if (which == memberItself) store<u32>(made, <u32>member, spotNamed);
  return made;
}

/** The box that stands as a member's value. `holder` is 0 for the event itself. */
export function boxOf(member: usize, holder: usize, isObject: bool): usize {
  const known: usize = load<u32>(member + (isObject ? memberObject : memberArray));
  if (known != 0) return known;
  const made = take(boxBytes);
  store<u32>(member + (isObject ? memberObject : memberArray), <u32>made);
  store<u32>(made, <u32>holder, boxHolder);
  store<u32>(made, <u32>member, boxMember);
  store<u32>(made, <u32>nodeOf(member, holder, isObject), boxNode);
  store<i32>(made, placeOf(member), boxPlace);
  store<u32>(made, isObject, boxIsObject);
  store<u32>(made, !isObject || (holder != 0 && load<u32>(holder, boxMany) != 0), boxMany);
  store<u32>(made, holder == 0 ? 1 : load<u32>(holder, boxDepth) + 1, boxDepth);
  return made;
}

/** As `walk.ts` goes on: into what is wanted, into arrays where it says so, and into what stands in those. */
function nodeOf(member: usize, holder: usize, isObject: bool): usize {
  if (holder == 0) return tree;
  if (load<u32>(holder, boxIsObject) == 0) return load<u32>(holder, boxNode);
  const entry: usize = load<u32>(member, memberEntry);
  if (entry == 0 || (!isObject && load<u32>(entry, entryArrays) == 0)) return 0;
  return load<u32>(entry, entryNode);
}
