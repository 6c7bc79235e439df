/** Learns gaps: reads what stands behind a value strictly by RFC 8259, without blanks, up to the next value. */
import {
  begins, beginsOnce, ended, ends, actionBytes, gapActions, gapActionsAt, gapBytes, gapHole, gapLength, gapMask, gapNext, gapSpot, gapText,
  nothing, scalar, spotBox, spotGap, spotGaps, spotHole, spotNamed, text,
} from "./gaps";
import {
  anyMember, boxDepth, boxHolder, boxIsObject, boxMany, boxMember, boxNode, boxOf, boxPlace, element, hasRoom, memberBox, memberItself, memberScalar, memberText, namedMember, placeOf,
  rootMember, scratch, spotOf, start, take,
} from "./boxes";
import { escapeAt, scalarEnd, sequenceAt } from "./text";

/** Longer gaps are not learned, nor what stands deeper. */
const longest: usize = 256;
/** Behind an object or array longer ones are cut. */
const long: usize = 64;
const deepest: u32 = 60;
/** A spot has so many gaps at most; the one not met for longest goes. */
const mostGaps: u32 = 16;
/** What learning one gap takes at most: a member and a box for every five bytes of it, an action for each bracket, and itself. */
const mostBytes: usize = 8192;

let actionCount: u32 = 0;
let nameEnd: usize = 0;

/** The gap that begins there behind the value of a spot; 0 for one that is not learned, because it is unsound or unusual. */
export function learn(spot: usize, from: usize): usize {
  if (!hasRoom(mostBytes)) return 0;
  actionCount = 0;
  let box: usize = load<u32>(spot, spotBox);
  let member = rootMember;
  let at = from;
  let isValue = spot == start;
  if (!isValue && (load<i32>(spot, spotHole) & 3) == text) at++;
  if (load<u32>(spot, spotNamed) != 0) {
    if (load<u8>(at++) != 0x3a) return 0;
    member = load<u32>(spot, spotNamed);
    isValue = true;
  }
  while (at - from < longest) {
    const code = load<u8>(at);
    if (isValue) {
      if (code == 0x22) return write(spot, from, at + 1, spotOf(member, box, memberText, text));
      if (code != 0x7b && code != 0x5b) return scalarEnd(at) == 0 ? 0 : write(spot, from, at, spotOf(member, box, memberScalar, scalar));
      if (box != 0 && load<u32>(box, boxDepth) >= deepest) return 0;
      const inner = boxOf(member, box, code == 0x7b);
      const isMany = box != 0 && load<u32>(box, boxMany) != 0;
      note(at - from, load<u32>(inner, boxNode) != 0 && !isMany ? beginsOnce : begins, placeOf(member));
      box = inner;
      // `}` and `]` are two more than what they close.
      isValue = load<u8>(++at) != code + 2;
    } else if (code == 0x2c) {
      at++;
      isValue = true;
    } else {
      if (code != (load<u32>(box, boxIsObject) != 0 ? 0x7d : 0x5d)) return 0;
      note(++at - from, ends, load<i32>(box, boxPlace));
      member = load<u32>(box, boxMember);
      box = load<u32>(box, boxHolder);
      if (box == 0) return write(spot, from, at, 0);
      if (at - from > long) return write(spot, from, at, spotOf(member, box, memberBox, nothing));
    }
    if (isValue) {
      member = load<u32>(box, boxIsObject) != 0 ? memberAt(box, at) : element(box);
      if (member == 0) {
        if (nameEnd == 0 || (member = anyMember(box)) == 0) return 0;
        return write(spot, from, at + 1, spotOf(member, box, memberItself, text));
      }
      if (load<u32>(box, boxIsObject) != 0) at = nameEnd;
    }
  }
  return 0;
}

/** The member whose name stands there, with `nameEnd` behind its colon, which is 0 where there is no name; 0 for one not learned. */
function memberAt(box: usize, from: usize): usize {
  nameEnd = 0;
  if (load<u8>(from) != 0x22) return 0;
  let at = from + 1;
  let isEscaped = false;
  while (true) {
    const code = load<u8>(at);
    if (code == 0x22) break;
    if (code < 0x20 || at - from > longest) return 0;
    if (code >= 0x20 && code < 0x80 && code != 0x5c) {
      at++;
      continue;
    }
    isEscaped = isEscaped || code == 0x5c;
    const bytes = code == 0x5c ? escapeAt(at) : sequenceAt(at);
    if (bytes == 0) return 0;
    at += bytes;
  }
  at++;
  // A name with escapes could be any of those that are wanted.
  if (load<u8>(at) != 0x3a || (isEscaped && load<u32>(box, boxNode) != 0)) return 0;
  nameEnd = at + 1;
  return namedMember(box, from, at);
}

function note(offset: usize, kind: u32, place: i32): void {
  if (place < 0) return;
  const action = scratch + <usize>actionCount * actionBytes;
  actionCount++;
  store<u16>(action, <u16>offset);
  store<u16>(action, <u16>kind, 2);
  store<i32>(action, place, 4);
}

/** Writes a gap down, to be the first that is tried behind its spot. */
function write(spot: usize, from: usize, to: usize, leadsTo: usize): usize {
  const length = to - from;
  if (length > longest) return 0;
  const gap = take(gapBytes);
  memory.copy(gap, from, length < 32 ? length : 32);
  store<u32>(gap, length >= 32 ? 0xffffffff : ((<u32>1) << <u32>length) - 1, gapMask);
  store<u32>(gap, <u32>length, gapLength);
  store<u32>(gap, <u32>leadsTo, gapSpot);
  store<i32>(gap, leadsTo == 0 ? ended : load<i32>(leadsTo, spotHole), gapHole);
  store<u32>(gap, actionCount, gapActions);
  if (actionCount != 0) {
    const actions = take(<usize>actionCount * actionBytes);
    memory.copy(actions, scratch, <usize>actionCount * actionBytes);
    store<u32>(gap, <u32>actions, gapActionsAt);
  }
  if (length > 32) {
    const whole = take(length);
    memory.copy(whole, from, length);
    store<u32>(gap, <u32>whole, gapText);
  }
  store<u32>(gap, load<u32>(spot, spotGap), gapNext);
  store<u32>(spot, <u32>gap, spotGap);
  const count = load<u32>(spot, spotGaps) + 1;
  store<u32>(spot, count, spotGaps);
  if (count > mostGaps) dropLast(spot);
  return gap;
}

function dropLast(spot: usize): void {
  let before: usize = load<u32>(spot, spotGap);
  for (let at: u32 = 1; at < mostGaps; at++) before = load<u32>(before, gapNext);
  store<u32>(before, 0, gapNext);
  store<u32>(spot, mostGaps, spotGaps);
}
