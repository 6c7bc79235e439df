/** The events of a payload, in a list or one after the other. */
import { beginEvents, event, events } from "./event";
import { beginScan, forget } from "./keep";
import { body } from "./memory";
import { soundEnd } from "./sound";
import { longTextEnd, scalarEnd } from "./text";
import { afterBrackets, afterScalar, afterString } from "./walk";

/** What `read` answers where the payload is for others, and where there is not enough room. */
const unsound: i32 = -1;
const noRoom: i32 = -2;

let end: usize = 0;
let proven: bool = false;

/**
 * How many events the payload of `length` bytes holds; the 128 bytes behind it are overwritten. Each is followed or proven by
 * itself; only where that does not come out even is the payload proven as a whole.
 */
export function read(length: i32, listed: bool, again: bool): i32 {
  end = body + length;
  memory.fill(end, 0x0a, 128);
  if (!again) beginScan();
  let found = eventsOf(listed, false);
  if (found != unsound) return found;
  forget();
  if (soundEnd(body, end, false) == 0) return unsound;
  beginScan();
  found = eventsOf(listed, true);
  if (found == unsound) forget();
  return found;
}

function eventsOf(listed: bool, isProven: bool): i32 {
  proven = isProven;
  beginEvents(end, isProven);
  if (!listed) return lines();
  const at = list(body);
  if (at == 2) return noRoom;
  return at > 2 && afterLines(at) == end ? events : unsound;
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
    const value = afterName(name);
    if (value == 0) return 1;
    // `"items":`
    if (load<u64>(name) == 0x3a22736d65746922) {
      if (found || load<u8>(value) != 0x5b) return 1;
      found = true;
      at = elements(value);
      if (at <= 2) return at;
    } else {
      at = afterValue(value);
      if (at == 0) return 1;
    }
    const code = load<u8>(at);
    if (code == 0x7d) return found ? at + 1 : 1;
    if (code != 0x2c) return 1;
    at++;
  }
}

/** After the colon behind the name there; 0 where none stands that is written without escapes. */
function afterName(from: usize): usize {
  if (load<u8>(from) != 0x22) return 0;
  const to = proven ? afterString(from) : longTextEnd(from + 1) + 1;
  if (to <= from || load<u8>(to) != 0x3a) return 0;
  for (let at = from; at < to; at++) if (load<u8>(at) == 0x5c) return 0;
  return to + 1;
}

/** After the value that begins there; 0 for one that is not sound, or that only who has proven it all can pass over. */
function afterValue(from: usize): usize {
  const code = load<u8>(from);
  if (proven) {
    if (code == 0x22) return afterString(from);
    return code == 0x7b || code == 0x5b ? afterBrackets(from) : afterScalar(from);
  }
  if (code == 0x7b) return soundEnd(from, end, true);
  if (code == 0x5b) return 0;
  if (code != 0x22) return scalarEnd(from);
  const to = longTextEnd(from + 1);
  return to == 0 ? 0 : to + 1;
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
