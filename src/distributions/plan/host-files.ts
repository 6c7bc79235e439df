/** What the self-managed kinds of cluster share: files on hosts, a program that reads them at its start, a restart. */
import {
  type FileStep,
  type Place,
  placeName,
  Refused,
  type RunStep,
  type Step,
  type WaitStep,
  type Wish,
  type World,
} from "./contract.ts";
import { webhookKubeconfig } from "./webhook-kubeconfig.ts";

/** A file of ours alone. */
export interface OwnFile {
  readonly path: string;
  readonly title: string;
  readonly content: string;
  readonly secret?: boolean;
  readonly mode?: string;
  readonly owner?: string;
}

/** A file of somebody else's, in which something of ours stands. */
export interface SharedFile {
  readonly path: string;
  readonly title: string;
  readonly mode?: string;
  /** `text` is null where there is no file. */
  readonly put: (text: string | null) => string;
  /** The text without what is ours; null where nothing is left. */
  readonly strip: (text: string) => string | null;
  /** A file to plan against where it cannot be seen; absent: it may be missing. */
  readonly usual?: string;
}

export interface HostSetup {
  readonly own: readonly OwnFile[];
  /** Where there are any, those of our own files that none of them names are not written. */
  readonly shared: readonly SharedFile[];
  /** After a change. */
  readonly restart: Restart | ((change: Change) => Restart);
}

export interface Change {
  readonly direction: "put" | "strip";
  /** Whether a file that the program reads its flags from changed, or only files that those flags name. */
  readonly flags: boolean;
}

export type Restart = readonly (Omit<RunStep, "on" | "kind"> | Omit<WaitStep, "on" | "kind">)[];

/** The same for each host, or found out by looking at it. */
export type SetupOf = HostSetup | ((on: Place) => Promise<HostSetup>);

const mark = "# Put here by `tiercel enable`; `tiercel disable` takes it away.\n";

/** The two files of every webhook, where the API server finds them. */
export function webhookPair(
  { cluster, receiver: url, token, authority, policy }: Wish,
  paths: { readonly policy: string; readonly webhook: string },
): readonly [OwnFile, OwnFile] {
  return [
    { path: paths.policy, title: "Which requests are recorded, and how much of each", content: policy },
    {
      path: paths.webhook,
      title: "Where the API server sends its audit events",
      content: webhookKubeconfig({
        cluster,
        url,
        ...(token === undefined ? {} : { token }),
        ...(authority === undefined ? {} : { authority }),
      }),
      secret: token !== undefined,
    },
  ];
}

/** One host after the other: what differs from the wish, then the restart; nothing where nothing differs. */
export async function hostPlan(world: World, places: readonly Place[], setupOf: SetupOf): Promise<Step[]> {
  const steps: Step[] = [];
  for (const on of places) {
    const setup = await at(setupOf, on);
    const shared = await inTurn(setup.shared, (file) => patch(world, on, file));
    const named = (file: OwnFile) => shared.length === 0 || shared.some(({ after }) => after.includes(file.path));
    const own = await inTurn(setup.own.filter(named), (file) => writeOwn(world, on, file));
    const files = [...own.flat(), ...shared.flatMap(({ step }) => step)];
    const flags = files.length > own.flat().length;
    if (files.length > 0) steps.push(...files, ...restarts(setup, on, { direction: "put", flags }));
  }
  return steps;
}

/** The way back: others' files as they were, the restart, then our own files, which nobody reads any more. */
export async function hostUndo(world: World, places: readonly Place[], setupOf: SetupOf): Promise<Step[]> {
  const steps: Step[] = [];
  for (const on of places) {
    const setup = await at(setupOf, on);
    const shared = (await inTurn(setup.shared, (file) => unpatch(world, on, file))).flat();
    const own = (await inTurn(setup.own, (file) => removeOwn(world, on, file))).flat();
    const change: Change = { direction: "strip", flags: true };
    steps.push(...shared, ...(shared.length > 0 ? restarts(setup, on, change) : []), ...own);
  }
  return steps;
}

const at = async (setup: SetupOf, on: Place): Promise<HostSetup> => (typeof setup === "function" ? setup(on) : setup);

/** What is looked at first is told first. */
async function inTurn<In, Out>(items: readonly In[], look: (item: In) => Promise<Out>): Promise<Out[]> {
  const found: Out[] = [];
  for (const item of items) found.push(await look(item));
  return found;
}

const restarts = ({ restart }: HostSetup, on: Place, change: Change): Step[] =>
  (typeof restart === "function" ? restart(change) : restart).map((step) =>
    "expect" in step ? { kind: "wait", on, follows: true, ...step } : { kind: "run", on, follows: true, ...step },
  );

async function writeOwn(
  world: World,
  on: Place,
  { path, title, content, secret, mode, owner }: OwnFile,
): Promise<FileStep[]> {
  const before = await world.read(on, path);
  const after = mark + content;
  if (before === after) return [];
  if (before !== null && !before.startsWith(mark))
    throw new Refused(
      `${path} on ${placeName(on)} is there already, and was not put there by Tiercel`,
      "move it away, if nobody needs it",
    );
  const owned = owner === undefined ? {} : { owner };
  return [{ kind: "file", on, title, path, before, after, mode: mode ?? "0600", ...owned, secret: secret ?? false }];
}

async function removeOwn(world: World, on: Place, { path, secret, mode }: OwnFile): Promise<FileStep[]> {
  const before = await world.read(on, path);
  if (before === null || !before.startsWith(mark)) return [];
  const title = "Nobody reads it any more";
  return [{ kind: "file", on, title, path, before, after: null, mode: mode ?? "0600", secret: secret ?? false }];
}

async function patch(
  world: World,
  on: Place,
  file: SharedFile,
): Promise<{ readonly after: string; readonly step: readonly FileStep[] }> {
  let before = await world.read(on, file.path);
  if (before === null && file.usual !== undefined) {
    world.assume(
      `${file.path} on ${placeName(on)}: planned against a usual one`,
      "run this where the file is, or name the hosts with --host",
    );
    before = file.usual;
  }
  const after = file.put(before);
  // A file that is not there is not made to hold nothing.
  if (after === (before ?? "")) return { after, step: [] };
  const mode = file.mode ?? "0600";
  const { title, path } = file;
  // Edited since we were here: what was kept is no way back to it any more.
  const isOurs = before !== null && file.strip(before) !== before;
  const isEdited = isOurs && (await world.original(on, path, before as string)) === null;
  const original = isEdited ? "aside" : "save";
  return { after, step: [{ kind: "file", on, title, path, before, after, mode, secret: false, original }] };
}

async function unpatch(world: World, on: Place, file: SharedFile): Promise<FileStep[]> {
  const before = await world.read(on, file.path);
  if (before === null) return [];
  const kept = await world.original(on, file.path, before);
  const after = kept ?? file.strip(before);
  if (after === before) return [];
  const title =
    kept === null ? "What is ours is taken out; it was edited since, so the rest stays" : "As it was before";
  const mode = file.mode ?? "0600";
  const original = kept === null ? "aside" : "drop";
  return [{ kind: "file", on, title, path: file.path, before, after, mode, secret: false, original }];
}

/** The hosts of a wish, reached by ssh; this machine where none is named. */
export const places = ({ hosts }: Pick<Wish, "hosts">): readonly Place[] =>
  hosts.length === 0 ? [{ via: "here", name: "" }] : hosts.map((name) => ({ via: "ssh", name }));
