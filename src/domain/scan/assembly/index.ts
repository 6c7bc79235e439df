/** From the bytes of a payload to places, rows and candidates. JavaScript's side is `simd-scan.ts`, which tells what each is. */
import { rowOf, tableBytes } from "./kept";
import { items, bits, body, places, room, rows, slots } from "./memory";
import { candidatesOf, signatureOf } from "./narrow";
import { isSound } from "./sound";
import { isPlainTime } from "./stamp";
import { afterBrackets, afterScalar, afterString, beginEvent, escapedName, walkObject } from "./walk";

export { setSeed } from "./kept";
export { layOut } from "./memory";
export { isSound, candidatesOf };
export { setNarrow } from "./narrow";

/** What `walk` answers where the payload is for others, and where there is not enough room. */
const unsound: i32 = -1;
const noRoom: i32 = -2;

let root: usize = 0;
let kindPlace: usize = 0;
let versionPlace: usize = 0;
let auditIDPlace: usize = 0;
let timePlace: usize = 0;
let objectVersionPlace: usize = 0;
let oddPlaces: usize = 0;

/** The tree of wanted names, and the places that tell whether an event is odd; `odd`: four that no plain event has. */
export function setShape(tree: usize, kind: usize, version: usize, auditID: usize, time: usize, objectVersion: usize, odd: usize): void {
  root = tree;
  kindPlace = kind;
  versionPlace = version;
  auditIDPlace = auditID;
  timePlace = time;
  objectVersionPlace = objectVersion;
  oddPlaces = odd;
}

let kept: u32 = 0;
let keptPlaces: usize = 0;
let tables: usize = 0;
let news: usize = 0;
let absentTold: usize = 0;
let signature: usize = 0;

/** So many slots are kept; the place of each, the first of as many tables and one for signatures. */
export function setKept(count: u32, atPlaces: usize, atTables: usize, atNews: usize, atAbsent: usize, atSignature: usize): void {
  kept = count;
  keptPlaces = atPlaces;
  tables = atTables;
  news = atNews;
  absentTold = atAbsent;
  signature = atSignature;
}

export function bytesOfTable(): usize {
  return tableBytes;
}

let events: i32 = 0;
let scan: u32 = 0;

export function lastScan(): u32 {
  return scan;
}

/** How many events the sound payload holds, in a list or one after the other. */
export function walk(length: i32, listed: bool, again: bool): i32 {
  events = 0;
  if (!again) {
    scan++;
    store<u32>(news, 0);
  }
  const end = body + length;
  let at = afterLines(body, end);
  if (listed) at = list(at);
  else
    while (at < end) {
      at = event(at, false);
      if (at <= 2) break;
      at = afterLines(at, end);
    }
  if (at == 2) return noRoom;
  if (at <= 2 || afterLines(at, end) < end || (events == 0 && !listed)) {
    forget();
    return unsound;
  }
  return events;
}

function afterLines(from: usize, end: usize): usize {
  let at = from;
  while (at < end && load<u8>(at) == 0x0a) at++;
  return at;
}

/** What was kept of a payload that is not ours after all. */
function forget(): void {
  const count = load<u32>(news);
  for (let told: u32 = 0; told < count; told++) {
    const one = news + 4 + told * 12;
    const table = load<u32>(one);
    const row = load<u32>(one, 4);
    if (row == 0) store<u8>(absentTold + table, 0);
    else {
      const place = tables + <usize>table * tableBytes + (row - 1) * 4;
      store<u32>(place, 0);
      store<u32>(place, 0, 4096);
      store<u32>(place, 0, 12288);
    }
  }
  store<u32>(news, 0);
}

/** After the EventList that begins there; 1 where it is none of ours, 2 where there is no room. */
function list(from: usize): usize {
  let at = from + 1;
  let found = false;
  while (true) {
    const name = at;
    const value = afterString(at) + 1;
    for (let one = name; one < value; one++) if (load<u8>(one) == 0x5c) return 1;
    // `"items":`
    if (load<u64>(name) == 0x3a22736d65746922) {
      if (found || load<u8>(value) != 0x5b) return 1;
      found = true;
      at = elements(value);
      if (at <= 2) return at;
    } else at = afterValue(value);
    if (load<u8>(at) == 0x7d) return found ? at + 1 : 1;
    at++;
  }
}

function afterValue(from: usize): usize {
  const code = load<u8>(from);
  if (code == 0x22) return afterString(from);
  return code == 0x7b || code == 0x5b ? afterBrackets(from) : afterScalar(from);
}

function elements(from: usize): usize {
  let at = from + 1;
  if (load<u8>(at) == 0x5d) return at + 1;
  while (true) {
    if (load<u8>(at) != 0x7b) return 1;
    at = event(at, true);
    if (at <= 2) return at;
    if (load<u8>(at) == 0x5d) return at + 1;
    at++;
  }
}

/** After the event that begins there. */
function event(from: usize, listed: bool): usize {
  if (events == room) return 2;
  const own = places + <usize>(events * slots) * 8;
  // Two places at once; that behind the last is the next event's, or the beginning of what stands behind all.
  for (let at: usize = 0; at < <usize>slots * 8; at += 16) v128.store(own + at, i8x16.splat(0));
  beginEvent();
  const to = walkObject(from, root, own, false);
  const isOdd = escapedName || !isPlain(own, listed);
  // Whatever stands by itself may be anything; in a list it is one event, and the others stay ours.
  if (isOdd && !listed) return 1;
  const item = items + <usize>events * 12;
  store<u32>(item, <u32>(from - body));
  store<u32>(item, <u32>(to - body), 4);
  store<u32>(item, isOdd ? 1 : 0, 8);
  if (isOdd) memory.fill(rows + <usize>events * <usize>(kept + 1) * 4, 0xff, <usize>(kept + 1) * 4);
  else keep(own);
  events++;
  return to;
}

/** Notes the rows of an event's values. */
function keep(own: usize): void {
  const row = rows + <usize>events * <usize>(kept + 1) * 4;
  let table = tables;
  for (let at: u32 = 0; at < kept; at++, table += tableBytes) {
    const place = own + <usize>load<u32>(keptPlaces + at * 4);
    const from = load<u32>(place);
    let found: i32 = 0;
    if (from != 0) found = rowOf(table, body + <usize>from, load<u32>(place, 4) - from, scan, news, at, events);
    else if (load<u8>(absentTold + at) == 0) {
      store<u8>(absentTold + at, 1);
      const count = load<u32>(news);
      store<u32>(news, count + 1);
      const told = news + 4 + count * 12;
      store<u32>(told, at);
      store<u32>(told, 0, 4);
      store<u32>(told, events, 8);
    }
    store<i32>(row + at * 4, found);
  }
  store<u64>(signature, signatureOf(own));
  store<i32>(row + kept * 4, rowOf(table, signature, 8, scan, news, kept, events));
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
