/** From the bytes of a payload to places, rows and candidates. JavaScript's side is `simd-scan.ts`, which tells what each is. */
export { beginningFrom } from "./beginnings";
export { bracketsEnd } from "./brackets";
export { setShape } from "./event";
export { bytesOfTable, lastScan, setKept } from "./keep";
export { setSeed } from "./kept";
export { layOut } from "./memory";
export { candidatesOf, mayHoldIn, setNarrow } from "./narrow";
export { read } from "./payload";
