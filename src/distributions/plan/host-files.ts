/** What the self-managed kinds of cluster share: files on hosts, a program that reads them at its start, a restart. */
import {
  type FileStep,
  type Place,
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
  readonly shared: readonly SharedFile[];
  /** After a change. */
  readonly restart: Restart | ((direction: "put" | "strip") => Restart);
}

export type Restart = readonly (Omit<RunStep, "on" | "kind"> | Omit<WaitStep, "on" | "kind">)[];

const mark = "# Put here by `tiercel enable`; `tiercel disable` takes it away.\n";

/** The two files of every webhook, where the API server finds them. */
export function webhookPair(
  wish: Wish,
  paths: { readonly policy: string; readonly webhook: string },
): readonly OwnFile[] {
  const { cluster, receiver: url, token, authority } = wish;
  return [
    ...(wish.merge === "keep"
      ? []
      : [{ path: paths.policy, title: "Which requests are recorded, and how much of each", content: wish.policy }]),
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
export async function hostPlan(world: World, places: readonly Place[], setup: HostSetup): Promise<Step[]> {
  const steps: Step[] = [];
  for (const on of places) {
    const files = [
      ...(await Promise.all(setup.own.map((file) => writeOwn(world, on, file)))),
      ...(await Promise.all(setup.shared.map((file) => patch(world, on, file)))),
    ].flat();
    if (files.length > 0) steps.push(...files, ...restarts(setup, on, "put"));
  }
  return steps;
}

/** The way back: others' files as they were, the restart, then our own files, which nobody reads any more. */
export async function hostUndo(world: World, places: readonly Place[], setup: HostSetup): Promise<Step[]> {
  const steps: Step[] = [];
  for (const on of places) {
    const shared = (await Promise.all(setup.shared.map((file) => unpatch(world, on, file)))).flat();
    const own = (await Promise.all(setup.own.map((file) => removeOwn(world, on, file)))).flat();
    steps.push(...shared, ...(shared.length > 0 ? restarts(setup, on, "strip") : []), ...own);
  }
  return steps;
}

const restarts = ({ restart }: HostSetup, on: Place, direction: "put" | "strip"): Step[] =>
  (typeof restart === "function" ? restart(direction) : restart).map((step) =>
    "expect" in step ? { kind: "wait", on, ...step } : { kind: "run", on, ...step },
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
      `${path} on ${on.name || "this machine"} is there already, and was not put there by Tiercel`,
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

async function patch(world: World, on: Place, file: SharedFile): Promise<FileStep[]> {
  let before = await world.read(on, file.path);
  if (before === null && file.usual !== undefined) {
    world.assume(
      `${file.path} on ${on.name || "this machine"}: planned against a usual one`,
      "run this where the file is, or name the hosts with --host",
    );
    before = file.usual;
  }
  const after = file.put(before);
  if (after === before) return [];
  return [
    {
      kind: "file",
      on,
      title: file.title,
      path: file.path,
      before,
      after,
      mode: file.mode ?? "0600",
      secret: false,
      original: "save",
    },
  ];
}

async function unpatch(world: World, on: Place, file: SharedFile): Promise<FileStep[]> {
  const before = await world.read(on, file.path);
  if (before === null) return [];
  const kept = await world.original(on, file.path, before);
  const after = kept ?? file.strip(before);
  if (after === before) return [];
  const title =
    kept === null ? "What is ours is taken out; it was edited since, so the rest stays" : "As it was before";
  return [
    {
      kind: "file",
      on,
      title,
      path: file.path,
      before,
      after,
      mode: file.mode ?? "0600",
      secret: false,
      original: "drop",
    },
  ];
}

/** The hosts of a wish, reached by ssh; this machine where none is named. */
export const places = ({ hosts }: Wish): readonly Place[] =>
  hosts.length === 0 ? [{ via: "here", name: "" }] : hosts.map((name) => ({ via: "ssh", name }));
