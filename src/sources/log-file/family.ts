/** A log and its rotated backups, as API servers (lumberjack) and logrotate name them (reference 04 §3.1). */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";

export interface Member {
  readonly path: string;
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  /** When it was rotated or last written, milliseconds since 1970. */
  readonly time: number;
  readonly isZipped: boolean;
  /** The one that is written to. */
  readonly isLive: boolean;
}

/** `audit-2024-05-14T00-41-40.725.log`. */
const stamp = /-(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})\.(\d{3})$/;

/** Oldest first, the live one last where it is there. */
export async function familyOf(path: string): Promise<readonly Member[]> {
  const folder = dirname(path);
  const live = basename(path);
  const names = await readdir(folder).catch((error) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const found = new Set(names);
  // While a backup is being compressed both are there, and the second is not whole yet.
  const ours = names.filter((name) => isOf(live, name) && !(name.endsWith(".gz") && found.has(name.slice(0, -3))));
  const members = await Promise.all(ours.map((name) => memberOf(join(folder, name), name === live)));
  return members
    .filter((member) => member !== undefined)
    .sort((a, b) => Number(a.isLive) - Number(b.isLive) || a.time - b.time || (a.path < b.path ? -1 : 1));
}

/** Whether a name in a folder is a log of its own and no other's backup. */
export function isLog(name: string): boolean {
  return name.endsWith(".log") && !stamp.test(name.slice(0, -4)) && !/-\d{8}(-\d+)?\.log$/.test(name);
}

function isOf(live: string, name: string): boolean {
  if (name === live) return true;
  const plain = name.endsWith(".gz") ? name.slice(0, -3) : name;
  const extension = extname(live);
  const stem = live.slice(0, live.length - extension.length);
  // Behind the dot a kubelet writes when it rotated a container's log: `0.log.20261123-201441`.
  if (plain.startsWith(`${live}.`) || plain.startsWith(`${live}-`))
    return /^(?:[.-]\d+|\.\d{8}-\d{6})$/.test(plain.slice(live.length));
  if (!plain.startsWith(`${stem}-`) || !plain.endsWith(extension)) return false;
  const rest = plain.slice(stem.length, plain.length - extension.length);
  return stamp.exec(rest)?.index === 0 || /^-\d{8}(-\d+)?$/.test(rest);
}

async function memberOf(path: string, isLive: boolean): Promise<Member | undefined> {
  try {
    const { dev, ino, size, mtimeMs } = await stat(path);
    const isZipped = path.endsWith(".gz");
    const plain = isZipped ? path.slice(0, -3) : path;
    return { path, dev, ino, size, isZipped, isLive, time: (isLive ? undefined : stampedTime(plain)) ?? mtimeMs };
  } catch (error) {
    // It was rotated away, or compressed, since its folder was read.
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function stampedTime(path: string): number | undefined {
  const [, day, hours, minutes, seconds, millis] = stamp.exec(path.slice(0, path.length - extname(path).length)) ?? [];
  if (day === undefined) return undefined;
  const time = Date.parse(`${day}T${hours}:${minutes}:${seconds}.${millis}Z`);
  return Number.isNaN(time) ? undefined : time;
}
