/** The WebAssembly module, compiled once a process where that can be had. */
import { simdModule } from "./simd-module.ts";

interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** As much of the standard one as is used: not every library of types that this is compiled with has it. */
declare const WebAssembly:
  | {
      readonly Module: new (bytes: Uint8Array) => object;
      readonly Instance: new (module: object) => { readonly exports: unknown };
      readonly CompileError: new () => Error;
      validate(bytes: Uint8Array): boolean;
    }
  | undefined;

export interface SimdExports {
  readonly memory: Memory;
  bytesOfTable(): number;
  setSeed(high: number, low: number): void;
  setShape(
    tree: number,
    kind: number,
    version: number,
    auditID: number,
    time: number,
    objectVersion: number,
    odd: number,
    learned: number,
    learnedTo: number,
  ): void;
  setKept(count: number, places: number, tables: number, news: number, absent: number, signature: number): void;
  setNarrow(
    count: number,
    firstOfBody: number,
    questions: number,
    requestObject: number,
    tables: number,
    bits: number,
    stride: number,
    result: number,
    scratch: number,
  ): void;
  layOut(body: number, bits: number, items: number, places: number, rows: number, room: number, slots: number): void;
  lastScan(): number;
  read(length: number, listed: number, again: number): number;
  beginningFrom(from: number, to: number, tables: number): number;
  bracketsEnd(offset: number): number;
  candidatesOf(from: number, events: number): number;
  mayHoldIn(event: number, place: number, words: number): number;
}

let compiled: object | "none" | undefined;

/** A new instance; undefined where there is no SIMD, or a content policy forbids WebAssembly. */
export function instantiate(): SimdExports | undefined {
  if (typeof WebAssembly === "undefined") return undefined;
  compiled ??= compile(WebAssembly);
  return compiled === "none" ? undefined : (new WebAssembly.Instance(compiled).exports as SimdExports);
}

/** `() -> v128`, which only an engine with SIMD takes for sound. */
const probe = Uint8Array.of(
  0,
  97,
  115,
  109,
  1,
  0,
  0,
  0,
  1,
  5,
  1,
  96,
  0,
  1,
  123,
  3,
  2,
  1,
  0,
  10,
  10,
  1,
  8,
  0,
  65,
  0,
  253,
  15,
  253,
  98,
  11,
);

function compile({ validate, Module, CompileError }: NonNullable<typeof WebAssembly>): object | "none" {
  if (!validate(probe)) return "none";
  try {
    return new Module(Uint8Array.from(atob(simdModule), (char) => char.charCodeAt(0)));
  } catch (error) {
    if (error instanceof CompileError) return "none";
    throw error;
  }
}
