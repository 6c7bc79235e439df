/**
 * The configuration of K3s and RKE2: `config.yaml`, then the drop-ins of `config.yaml.d` by name. A key replaces what files
 * before it said; with a `+` behind it, it adds to it (reference 03 §1.11).
 */
import type { Flag } from "./audit-flags.ts";
import { telling } from "./audit-flags.ts";
import type { Place, Wish, World } from "./contract.ts";
import { alreadyOn, type FlagList, putFlags, stripFlags, valueIn } from "./flag-lists.ts";
import type { SharedFile } from "./host-files.ts";
import { addItem, readYaml, removeYaml, setYaml } from "./yaml-text.ts";

export interface RancherWish {
  /** `/etc/rancher/k3s` */
  readonly folder: string;
  readonly title: string;
  readonly flags: readonly Flag[];
  /** Keys with one value: `audit-policy-file`. */
  readonly values?: Readonly<Record<string, string>>;
  /** Items of lists, by the list's key. */
  readonly items?: Readonly<Record<string, string>>;
}

const policyFlag = "audit-policy-file";
const argKey = "kube-apiserver-arg";
const args: FlagList = { path: [argKey], dashes: "" };
const added: FlagList = { path: [`${argKey}+`], dashes: "" };

interface ConfigFile {
  readonly path: string;
  readonly text: string;
}

/** The files that are changed on this host: each key in the file whose word counts. */
export async function rancherFiles(
  world: World,
  on: Place,
  wish: RancherWish,
  merge: Wish["merge"],
): Promise<readonly SharedFile[]> {
  const files = await configFiles(world, on, wish.folder);
  const seatOf = (key: string): ConfigFile =>
    files.findLast(({ text }) => readYaml(text, [key]) !== undefined) ?? (files[0] as ConfigFile);
  const seat = seatOf(argKey);
  const later = files.slice(files.indexOf(seat)).filter(({ text }) => readYaml(text, [`${argKey}+`]) !== undefined);
  const keepsPolicy =
    merge === "keep" &&
    (later.some(({ text }) => saidIn(text, policyFlag) !== undefined) ||
      valueIn(seat.text, args, policyFlag) !== undefined);
  return files.map((file): SharedFile => {
    const changes = [
      ...(file === seat ? [(text: string) => putArgs(text, wish, merge, keepsPolicy)] : []),
      ...(later.includes(file) ? [(text: string) => withoutTheirs(text, wish, file, merge)] : []),
      ...Object.entries(wish.values ?? {})
        .filter(([key]) => seatOf(key) === file && (key !== policyFlag || !keepsPolicy))
        .map(
          ([key, value]) =>
            (text: string) =>
              putValue(text, key, value, merge),
        ),
      ...Object.entries(wish.items ?? {})
        .filter(([key]) => seatOf(key) === file)
        .map(
          ([key, item]) =>
            (text: string) =>
              putItem(text, key, item),
        ),
    ];
    return {
      path: file.path,
      title: wish.title,
      put: (text) => changes.reduce((now, change) => change(now), text ?? ""),
      strip: (text) => stripRancher(text, wish),
    };
  });
}

async function configFiles(world: World, on: Place, folder: string): Promise<readonly ConfigFile[]> {
  const main = `${folder}/config.yaml`;
  const text = (await world.read(on, main)) ?? "";
  const list = await world.try(["sh", "-c", `ls ${main}.d 2>/dev/null || true`], on);
  const names = (list?.code === 0 ? list.stdout.split("\n") : []).filter((name) => /\.ya?ml$/.test(name)).sort();
  const files: ConfigFile[] = [{ path: main, text }];
  for (const name of names) {
    const path = `${main}.d/${name}`;
    files.push({ path, text: (await world.read(on, path)) ?? "" });
  }
  return files;
}

/** A single flag may stand without a list; it becomes one, so that more can stand beside it. */
function asList(text: string, path: readonly [string]): string {
  const there = readYaml(text, path);
  return there === undefined || Array.isArray(there) ? text : setYaml(text, path, [there]);
}

function putArgs(
  text: string,
  { flags, values = {} }: RancherWish,
  merge: Wish["merge"],
  keepsPolicy: boolean,
): string {
  const listed = asList(text, [argKey]);
  const wanted = flags.filter(({ name }) => name !== policyFlag || !keepsPolicy);
  // A key of its own says it: the same as a flag would say it twice.
  const theirs = policyFlag in values ? valueIn(listed, args, policyFlag) : undefined;
  if (theirs !== undefined && merge === undefined) throw alreadyOn(`${policyFlag}=${theirs}`);
  const without =
    theirs === undefined || merge === "keep" ? listed : removeYaml(listed, [argKey, `${policyFlag}=${theirs}`]);
  return putFlags(without, args, wanted, { merge });
}

function saidIn(text: string, name: string): string | undefined {
  const there = readYaml(text, added.path);
  const items = (Array.isArray(there) ? there : [there]).map(String);
  return items.find((item) => item.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** The last of two equal flags counts: theirs in a later file would win over ours. */
function withoutTheirs(text: string, { flags }: RancherWish, { path }: ConfigFile, merge: Wish["merge"]): string {
  return flags.reduce((now, { name, value }) => {
    const there = saidIn(now, name);
    if (there === undefined || there === value || !telling.includes(name)) return now;
    if (merge === undefined) throw alreadyOn(`${name}=${there}, in ${path}`);
    if (merge === "keep" && name === policyFlag) return now;
    return removeYaml(asList(now, [`${argKey}+`]), [...added.path, `${name}=${there}`]);
  }, text);
}

function putValue(text: string, key: string, value: string, merge: Wish["merge"]): string {
  const there = readYaml(text, [key]);
  if (there === value || (there !== undefined && merge === "keep")) return text;
  if (there !== undefined && merge === undefined) throw alreadyOn(`${key}: ${there}`);
  return setYaml(text, [key], value);
}

function putItem(text: string, key: string, item: string): string {
  const listed = asList(text, [key]);
  const there = readYaml(listed, [key]);
  return Array.isArray(there) && there.includes(item) ? listed : addItem(listed, [key], item);
}

/** A configuration in which nothing is left is no file. */
export function stripRancher(text: string, { flags, values = {}, items = {} }: RancherWish): string | null {
  const without = Object.entries(items).reduce(
    (now, [key, item]) => removeYaml(now, [key, item]),
    stripFlags(text, args, flags),
  );
  const left = Object.entries(values).reduce(
    (now, [key, value]) => (readYaml(now, [key]) === value ? removeYaml(now, [key]) : now),
    without,
  );
  return left !== text && left.trim() === "" ? null : left;
}
