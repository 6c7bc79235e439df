/** One event of a payload: followed by what was learned, or proven and walked; then whether it is odd, and what is kept of it. */
import { forgetAll, isFull, setMemory, start } from "./boxes";
import { follow, gapAt, stoppedAt, stoppedSpot } from "./gaps";
import { keep, kept } from "./keep";
import { learn } from "./learn";
import { body, items, places, room, rows, slots } from "./memory";
import { soundEnd } from "./sound";
import { isPlainTime } from "./stamp";
import { beginEvent, escapedName, walkObject } from "./walk";

let root: usize = 0;
let kindPlace: usize = 0;
let versionPlace: usize = 0;
let auditIDPlace: usize = 0;
let timePlace: usize = 0;
let objectVersionPlace: usize = 0;
let oddPlaces: usize = 0;

/** The tree of wanted names, the places that tell whether an event is odd (`odd`: four that no plain event has), and where what is learned may lie. */
export function setShape(tree: usize, kind: usize, version: usize, auditID: usize, time: usize, objectVersion: usize, odd: usize, learned: usize, learnedTo: usize): void {
  root = tree;
  setMemory(learned, learnedTo, tree);
  kindPlace = kind;
  versionPlace = version;
  auditIDPlace = auditID;
  timePlace = time;
  objectVersionPlace = objectVersion;
  oddPlaces = odd;
}

/** How many there were. */
export let events: i32 = 0;
let end: usize = 0;
let proven: bool = false;

/** Begins with the first event of a payload that ends there. `isProven`: all of it is, and can be walked. */
export function beginEvents(to: usize, isProven: bool): void {
  events = 0;
  end = to;
  proven = isProven;
}

/** After the event that begins there; 1 where it is none of ours, 2 where there is no room. */
export function event(from: usize, listed: bool): usize {
  if (events == room) return 2;
  const own = places + <usize>(events * slots) * 8;
  beginEvent();
  clear(own);
  let to = proven ? walkObject(from, root, own, false) : followed(from, own);
  if (to == 0) {
    if (soundEnd(from, end, true) == 0) return 1;
    clear(own);
    to = walkObject(from, root, own, false);
  }
  const isOdd = escapedName || !isPlain(own, listed);
  // Whatever stands by itself may be anything; in a list it is one event, and the others stay ours.
  if (isOdd && !listed) return 1;
  const item = items + <usize>events * 12;
  store<u32>(item, <u32>(from - body));
  store<u32>(item, <u32>(to - body), 4);
  store<u32>(item, isOdd ? 1 : 0, 8);
  if (isOdd) memory.fill(rows + <usize>events * <usize>(kept + 1) * 4, 0xff, <usize>(kept + 1) * 4);
  else keep(own, events);
  events++;
  return to;
}

/** Two places at once; that behind the last is the next event's, or the beginning of what stands behind all. */
function clear(own: usize): void {
  for (let at: usize = 0; at < <usize>slots * 8; at += 16) v128.store(own + at, i8x16.splat(0));
}

/** After the event that begins there, by what was learned of others; 0 where that is not enough. */
function followed(from: usize, own: usize): usize {
  if (load<u8>(from) != 0x7b) return 0;
  if (isFull) forgetAll();
  let at = from;
  let gap = gapAt(start, at);
  if (gap == 0) gap = learn(start, at);
  while (gap != 0) {
    const to = follow(at, gap, own);
    if (to != 0) return to;
    if (stoppedSpot == 0) return 0;
    at = stoppedAt;
    gap = learn(stoppedSpot, at);
  }
  return 0;
}

/** Whether decoding would find an event of audit.k8s.io/v1 here and have nothing to change: see `decode.ts`, `normalise.ts`. */
function isPlain(own: usize, listed: bool): bool {
  for (let at: usize = 0; at < 16; at += 4) if (load<u32>(own + <usize>load<u32>(oddPlaces + at)) != 0) return false;
  if (load<u32>(own + auditIDPlace) == 0) return false;
  const kind = load<u32>(own + kindPlace);
  // `"Event"`
  if (kind == 0) {
    if (!listed) return false;
  } else if (load<u32>(own + kindPlace, 4) - kind != 7 || (load<u64>(body + kind) & 0xffffffffffffff) != 0x22746e65764522) return false;
  const version = load<u32>(own + versionPlace);
  if (version != 0) {
    // `"audit.k8s.io/v1"`
    const at = body + version;
    if (load<u32>(own + versionPlace, 4) - version != 17) return false;
    if (load<u64>(at) != 0x6b2e746964756122 || load<u64>(at, 8) != 0x31762f6f692e7338 || load<u8>(at, 16) != 0x22) return false;
  }
  const from = load<u32>(own + objectVersionPlace);
  const to = load<u32>(own + objectVersionPlace, 4);
  // Group and version of the object in one, or an escape that may hide a slash.
  for (let at = from; at < to; at++) {
    const code = load<u8>(body + at);
    if (code == 0x2f || code == 0x5c) return false;
  }
  const time = load<u32>(own + timePlace);
  return time != 0 && isPlainTime(body + time, load<u32>(own + timePlace, 4) - time);
}
