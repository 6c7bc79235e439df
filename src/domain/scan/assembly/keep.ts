/** What of an event's values is kept from one payload to the next: the rows that `narrow.ts` looks up. */
import { rowOf, tableBytes } from "./kept";
import { body, rows } from "./memory";
import { signatureOf } from "./narrow";

export let kept: u32 = 0;
let keptPlaces: usize = 0;
let tables: usize = 0;
let news: usize = 0;
let absentTold: usize = 0;
let signature: usize = 0;
let scan: u32 = 0;

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

export function lastScan(): u32 {
  return scan;
}

/** Another payload. */
export function beginScan(): void {
  scan++;
  store<u32>(news, 0);
}

/** What was kept of a payload that is not ours after all. */
export function forget(): void {
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

/** Notes the rows of an event's values. */
export function keep(own: usize, events: i32): void {
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
