/** Draws which room stands on which, from the imports, and refuses an arrow that does not go down. `--check` compares with what is committed. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const page = join(root, "docs/reference/floors.md");

/** The floors, from the ground up. A room imports only from floors below its own. */
const floors: readonly (readonly string[])[] = [
  ["domain", "text"],
  ["fields", "sources", "stores", "outputs", "distributions", "simulator"],
  ["engine", "config"],
  ["policies", "coverage"],
  ["api", "pipeline"],
  ["cli", "ui"],
];
const floorOf = new Map(floors.flatMap((rooms, floor) => rooms.map((room) => [room, floor] as const)));

interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly places: string[];
}

const { rooms, arrows } = survey();
const wrong = [...arrows.values()].filter(({ from, to }) => floor(to) >= floor(from));
const drawn = draw();

if (process.argv.includes("--check")) {
  if (readFileSync(page, "utf8") !== drawn)
    fail("docs/reference/floors.md is not what the imports say: run `npm run floors`");
} else writeFileSync(page, drawn);
for (const { from, to, places } of wrong) fail(`${from} must not import from ${to}: ${places.join(", ")}`);

function survey(): { rooms: Set<string>; arrows: Map<string, Arrow> } {
  const rooms = new Set<string>();
  const arrows = new Map<string, Arrow>();
  const src = join(root, "src");
  for (const file of readdirSync(src, { recursive: true, encoding: "utf8" }).sort()) {
    // Tests may wire whatever they try together; what ships may not.
    if (
      !/\.tsx?$/.test(file) ||
      /\.(test|conformance|contract|kit|journey)\.tsx?$/.test(file) ||
      /(^|\/)testing\//.test(file)
    )
      continue;
    const room = roomOf(file);
    const text = readFileSync(join(src, file), "utf8");
    rooms.add(room);
    for (const [, target = ""] of text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)) {
      const to = roomOf(relative(src, resolve(dirname(join(src, file)), target)));
      if (to === room) continue;
      const key = `${room} ${to}`;
      const arrow = arrows.get(key) ?? { from: room, to, places: [] };
      if (!arrow.places.includes(file)) arrow.places.push(file);
      arrows.set(key, arrow);
    }
  }
  return { rooms, arrows };
}

function roomOf(file: string): string {
  return file.split("/")[0] ?? file;
}

function floor(room: string): number {
  const found = floorOf.get(room);
  if (found === undefined) fail(`the room \`${room}\` stands on no floor: name its floor in scripts/floors.ts`);
  return found ?? 0;
}

function draw(): string {
  const lines = [
    "# Floors",
    "",
    "Drawn from the imports by `npm run floors`; a room imports only from floors below its own.",
    "",
    "| floor | room | stands on |",
    "|---|---|---|",
  ];
  for (const [height, names] of [...floors.entries()].reverse()) {
    for (const room of names.filter((name) => rooms.has(name))) {
      const below = [...arrows.values()].filter(({ from }) => from === room).map(({ to }) => to);
      lines.push(`| ${height + 1} | \`${room}\` | ${below.sort().join(", ") || "–"} |`);
    }
  }
  return `${lines.join("\n")}\n\n${rooms.size} rooms, ${arrows.size} arrows, ${wrong.length} upwards or sideways.\n`;
}

function fail(why: string): void {
  process.stderr.write(`floors: ${why}\n`);
  process.exitCode = 1;
}
