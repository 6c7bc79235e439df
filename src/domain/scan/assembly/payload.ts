/** The events of a payload, in a list or one after the other. */
import { beginEvents, event, events, setEvents } from "./event";
import { beginScan, forget } from "./keep";
import { body } from "./memory";
import { soundEnd } from "./sound";
import { afterBrackets, afterScalar, afterString } from "./walk";

/** What `read` answers where the payload is for others, and where there is not enough room. */
const unsound: i32 = -1;
const noRoom: i32 = -2;

/** How the last list began, up to its first event. */
let listHead: usize = 0;
let listHeadLength: usize = 0;
const longestHead: usize = 256;

let end: usize = 0;

/** See `setEvents`; the beginning of a list is learned too. */
export function setShape(tree: usize, kind: usize, version: usize, auditID: usize, time: usize, objectVersion: usize, odd: usize, learned: usize, learnedTo: usize): void {
  listHead = learned;
  listHeadLength = 0;
  setEvents(tree, kind, version, auditID, time, objectVersion, odd, learned + longestHead, learnedTo);
}

/**
 * How many events the payload of `length` bytes holds; the 128 bytes behind it are overwritten. Each is followed or proven by
 * itself; only where that does not come out even is the payload proven as a whole.
 */
export function read(length: i32, listed: bool, again: bool): i32 {
  end = body + length;
  memory.fill(end, 0x0a, 128);
  if (!again) beginScan();
  beginEvents(end, false);
  let found = listed ? knownList() : lines();
  if (found != unsound) return found;
  forget();
  if (soundEnd(body, end, false) == 0) return unsound;
  beginScan();
  beginEvents(end, true);
  found = listed ? newList() : lines();
  if (found == unsound) forget();
  return found;
}

function lines(): i32 {
  let at = afterLines(body);
  while (at < end) {
    at = event(at, false);
    if (at == 2) return noRoom;
    if (at == 1) return unsound;
    at = afterLines(at);
  }
  return events == 0 ? unsound : events;
}

/** A list that begins as the last one did, ends with its events, and is not proven yet. */
function knownList(): i32 {
  if (listHeadLength == 0 || memory.compare(body, listHead, listHeadLength) != 0) return unsound;
  const at = elements(body + listHeadLength - 1);
  if (at == 2) return noRoom;
  return at > 2 && load<u8>(at) == 0x7d && afterLines(at + 1) == end ? events : unsound;
}

function newList(): i32 {
  const at = list(body);
  if (at == 2) return noRoom;
  return at > 2 && afterLines(at) == end ? events : unsound;
}

function afterLines(from: usize): usize {
  let at = from;
  while (at < end && load<u8>(at) == 0x0a) at++;
  return at;
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
      keepHead(value + 1 - body);
      at = elements(value);
      if (at <= 2) return at;
    } else at = afterValue(value);
    if (load<u8>(at) == 0x7d) return found ? at + 1 : 1;
    at++;
  }
}

function keepHead(length: usize): void {
  if (length > longestHead) return;
  memory.copy(listHead, body, length);
  listHeadLength = length;
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
    const code = load<u8>(at);
    if (code == 0x5d) return at + 1;
    if (code != 0x2c) return 1;
    at++;
  }
}
