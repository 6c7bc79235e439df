/** Requests looked up in blocks by their ids: a bloom filter says no to nearly all that are not there. */
import type { Activity } from "../../../domain/activity.ts";
import type { Block } from "./block.ts";
import { mayHold } from "./bloom.ts";
import { bytesOfId, momentIn } from "./cells.ts";
import { idBytes } from "./columns.ts";
import { isSame, RowTable } from "./row-table.ts";
import { firstNot } from "./selection.ts";

/** More rows of one moment than this are not gone through: callers and coarse clocks can give one to any number of requests. */
const fewRows = 8;

/** Who only knows an id looks through all blocks, the latest first. */
export function activityIn(blocks: readonly Block[], id: string): Activity | undefined {
  const bytes = bytesOfId(id);
  for (const block of blocks.toReversed()) {
    if (!mayHold(block.bloom(), bytes)) continue;
    const ids = Buffer.from(block.bytes("id").buffer, block.bytes("id").byteOffset, block.bytes("id").byteLength);
    for (let at = ids.indexOf(bytes); at >= 0; at = ids.indexOf(bytes, at + 1))
      if (at % idBytes === 0 && !block.gone.has(at / idBytes)) return block.activity(at / idBytes);
  }
  return undefined;
}

/** Which of the coming requests blocks have a row of that is not gone. A request's moment says in which blocks it can be. */
export function inBlocks(
  blocks: readonly Block[],
  activities: readonly Activity[],
): { coming: Activity; block: Block; row: number }[] {
  const wanted = activities.map((coming) => ({ coming, moment: momentIn(coming), id: bytesOfId(coming.id) }));
  return blocks.flatMap((block) => {
    const within = wanted.filter(({ moment }) => moment >= block.least && moment <= block.most);
    if (within.length === 0) return [];
    const bloom = block.bloom();
    let rowOf: ReturnType<typeof finder> | undefined;
    return within.flatMap(({ coming, moment, id }) => {
      if (!mayHold(bloom, id)) return [];
      rowOf ??= finder(block);
      const row = rowOf(id, moment);
      return row === undefined || block.gone.has(row) ? [] : [{ coming, block, row }];
    });
  });
}

/** Looks up the row of an id and its moment, gone or not; what that needs is read once. */
function finder(block: Block): (id: Uint8Array, moment: number) => number | undefined {
  const [moments, ids] = [block.numbers("moment"), block.bytes("id")];
  let table: RowTable | undefined;
  return (id, moment) => {
    const first = firstNot(block.count, (at) => moments[at]! < moment);
    const isThere = (row: number) => row < block.count && moments[row] === moment;
    for (let row = first; row < first + fewRows; row++) {
      if (!isThere(row)) return undefined;
      if (isSame(ids, row * idBytes, id, 0)) return row;
    }
    if (!isThere(first + fewRows)) return undefined;
    table ??= rowsById(block, ids);
    const row = table.get(ids, id, 0);
    return row !== undefined && isThere(row) ? row : undefined;
  };
}

const rowsById = (block: Block, ids: Uint8Array): RowTable =>
  block.remember("rows by id", () => {
    const value = new RowTable();
    for (let row = 0; row < block.count; row++) value.set(ids, row);
    return { value, bytes: value.bytes };
  });
