/** What our values took the place of in an object behind a program, as it was written, so that it can be put back. */
import { type Path, rawYaml, readYaml, removeYaml, setRaw } from "./yaml-text.ts";

export interface Replaced {
  readonly path: Path;
  /** As it was written, key and value; null where nothing was. */
  readonly raw: string | null;
  /** What stands there since, as JSON: where it does no more, nothing is put back. */
  readonly ours: string;
}

const listOf = (kept: unknown): readonly Replaced[] => (Array.isArray(kept) ? kept : []);

/** Of the paths those that say something else after. What an earlier change took the place of stays what is kept. */
export const replacedBy = (before: string, after: string, paths: readonly Path[], kept: unknown): readonly Replaced[] =>
  paths.flatMap((path) => {
    const ours = JSON.stringify(readYaml(after, path));
    const earlier = listOf(kept).find((one) => JSON.stringify(one.path) === JSON.stringify(path));
    if (earlier !== undefined) return [{ ...earlier, ours }];
    const isSame = JSON.stringify(readYaml(before, path)) === ours;
    return isSame ? [] : [{ path, raw: rawYaml(before, path) ?? null, ours }];
  });

export const putBack = (text: string, kept: unknown): string =>
  listOf(kept).reduce((now, { path, raw, ours }) => {
    if (JSON.stringify(readYaml(now, path)) !== ours) return now;
    return raw === null ? removeYaml(now, path) : setRaw(now, path, raw);
  }, text);
