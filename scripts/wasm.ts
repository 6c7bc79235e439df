/** Builds the scanner's WebAssembly module into the source that holds its bytes. `--check` compares with what is committed. */
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import asc from "assemblyscript/asc";

const root = resolve(import.meta.dirname, "..");
const page = join(root, "src/domain/scan/simd-module.ts");
const flags = ["-O3", "--noAssert", "--runtime", "stub", "--enable", "simd", "--enable", "bulk-memory"];

const bytes = await compiled();
const source = `/** The bytes of \`assembly/\`, compiled by \`npm run wasm\`, as base64. */
export const simdModule =
  "${Buffer.from(bytes).toString("base64")}";
`;
if (!process.argv.includes("--check")) writeFileSync(page, source);
else if (readFileSync(page, "utf8") !== source) {
  process.stderr.write("src/domain/scan/simd-module.ts is not what assembly/ compiles to: run `npm run wasm`\n");
  process.exit(1);
}

async function compiled(): Promise<Uint8Array> {
  let out: Uint8Array | undefined;
  const { error, stderr } = await asc.main(["src/domain/scan/assembly/index.ts", ...flags, "--outFile", "scan.wasm"], {
    readFile: (name, from) => {
      try {
        return readFileSync(resolve(root, from, name), "utf8");
      } catch {
        return null; // The compiler tries several places.
      }
    },
    writeFile: (name, contents) => {
      if (name === "scan.wasm") out = contents as unknown as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error !== null || out === undefined) throw new Error(`${error?.message ?? "nothing was compiled"}\n${stderr}`);
  return out;
}
