/** A YAML file as the values it holds and the places they stand at. */
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import type { Diagnostic, Source } from "../text/diagnostic.ts";

export type Path = readonly (string | number)[];

export interface Written {
  readonly source: Source;
  readonly value: Readonly<Record<string, unknown>>;
  /** The place of the value at a path, or of the nearest thing around it that is written. */
  place(path: Path): NonNullable<Diagnostic["place"]>;
  /** The place of a member's name. */
  keyPlace(path: Path, key: string): NonNullable<Diagnostic["place"]>;
}

// Anchors are welcome; a file that unfolds into more than this is an attack or a mistake.
const maxAliases = 100;

/** What a file says, or everything that keeps it from being read. */
export function readWritten(source: Source): Written | readonly Diagnostic[] {
  const document = parseDocument(source.text, { prettyErrors: false, lineCounter: new LineCounter() });
  const broken = document.errors.map(
    ({ message, pos: [from, to] }): Diagnostic => ({
      code: "invalid-yaml",
      message: `this is no YAML: ${message.replace(/\.$/, "").replace(/^./, (letter) => letter.toLowerCase())}`,
      place: { source, from, to },
    }),
  );
  if (broken.length > 0) return broken;

  const whole = { source, from: 0, to: source.text.split("\n")[0]?.length ?? 0 };
  const span = (node: unknown) => {
    const range = (node as Node | null)?.range;
    return range ? { source, from: range[0], to: range[1] } : undefined;
  };
  const at = (node: unknown, step: string | number): { key?: unknown; value: unknown } | undefined => {
    if (isSeq(node)) return typeof step === "number" ? { value: node.items[step] } : undefined;
    if (!isMap(node)) return undefined;
    const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(step));
    return pair && { key: pair.key, value: pair.value };
  };
  const place = (path: Path) => {
    let found = whole;
    let node: unknown = document.contents;
    for (const step of path) {
      const next = at(node, step);
      if (next === undefined) break;
      // Of a value with members, its name is shown: the value itself would underline a whole block.
      const shown = isMap(next.value) || isSeq(next.value) ? (next.key ?? next.value) : (next.value ?? next.key);
      found = span(shown) ?? span(next.key) ?? found;
      node = next.value;
    }
    return found;
  };
  const keyPlace = (path: Path, key: string) => {
    let node: unknown = document.contents;
    for (const step of path) node = at(node, step)?.value;
    return span(at(node, key)?.key) ?? place(path);
  };

  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: maxAliases });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return [{ code: "invalid-yaml", message: "its aliases unfold into too much", place: whole }];
  }
  if (value === null || value === undefined) return { source, value: {}, place, keyPlace };
  if (typeof value !== "object" || Array.isArray(value))
    return [
      {
        code: "invalid-config",
        message: "a configuration is a map of options",
        place: span(document.contents) ?? whole,
        help: "write options like `data_dir: ./tiercel-data`, one a line",
      },
    ];
  return { source, value: value as Record<string, unknown>, place, keyPlace };
}
