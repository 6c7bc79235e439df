/** What turns auditing on, as data: a plan of steps; and the world that it looks at before it is made. */

/** Where a step is done: `here` is the machine on which the command runs. */
export interface Place {
  readonly via: "here" | "ssh" | "minikube" | "minishift" | "docker";
  /** The host, node or container; empty for `here`. */
  readonly name: string;
}

export const here: Place = { via: "here", name: "" };

interface Told {
  /** Why, in a line. */
  readonly title: string;
  readonly on: Place;
  /** What stops answering meanwhile, and for how many seconds about. */
  readonly restarts?: { readonly what: string; readonly secs: number };
}

/** What is needed because of the steps before it, and no look can tell whether it was done: remembered until it is. */
interface Following extends Told {
  readonly follows?: true;
}

/** A file written, changed (`before` and `after`) or removed (`after` is null). Undone by writing back what was. */
export interface FileStep extends Told {
  readonly kind: "file";
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
  /** As of `chmod`: `0600`. */
  readonly mode: string;
  /** As of `chown`; absent: whoever writes it. */
  readonly owner?: string;
  /** It holds a credential: never printed. */
  readonly secret: boolean;
  /**
   * The host keeps what was (`save`), forgets it since it is back (`drop`), or puts it aside since the file was edited
   * meanwhile (`aside`). Absent for files that are ours alone.
   */
  readonly original?: "save" | "drop" | "aside";
}

/** A program run with its words as they are, no shell between. */
/** What a step takes the place of, kept by whoever runs the command so that it can be put back. Never a credential. */
interface Replacing {
  readonly keeps?: { readonly what: string; readonly value: unknown };
  /** It is put back. */
  readonly drops?: string;
}

export interface RunStep extends Following, Replacing {
  readonly kind: "run";
  readonly argv: readonly string[];
  readonly stdin?: string;
  /** `stdin` holds a credential. */
  readonly secret?: boolean;
  /** What takes it back; absent where there is nothing to take back. */
  readonly undo?: readonly string[];
  /** A step of which others can have done the same: undone only where a record says that it was us. */
  readonly record?: string;
  /** Forget the record: this step undid it. */
  readonly forget?: string;
}

/** Asks again and again, until the answer holds `expect` (a regular expression) and the program ended well. */
export interface WaitStep extends Following {
  readonly kind: "wait";
  /** Where to look when it does not come to be. */
  readonly help?: string;
  readonly argv: readonly string[];
  readonly expect: string;
  readonly everySecs: number;
  readonly withinSecs: number;
}

/** An object that lives behind a program: its text is changed, and handed to `argv` on stdin. Undone by the text that was. */
export interface EditStep extends Told, Replacing {
  readonly kind: "edit";
  /** What is changed: `cluster NAME`. */
  readonly what: string;
  /** What prints it, so that nobody's change since is overwritten. */
  readonly look: readonly string[];
  readonly argv: readonly string[];
  readonly before: string;
  readonly after: string;
  readonly secret: boolean;
}

export type Step = FileStep | RunStep | WaitStep | EditStep;

export interface Plan {
  readonly distribution: string;
  readonly cluster: string;
  readonly action: "enable" | "disable";
  /** Empty: everything is as it should be. */
  readonly steps: readonly Step[];
  /** What else to know, and what is left to do by hand. */
  readonly notes: readonly string[];
  /** What could not be looked at, and what was taken for it. Only a dry run goes on without. */
  readonly unseen: readonly string[];
}

/** What a person asked for, as far as it says where to look. */
export type Asked = Pick<Wish, "cluster" | "hosts" | "options">;

/** What a person asked for, checked. */
export interface Wish {
  readonly cluster: string;
  /** `https://10.0.0.5:7765/k8s_audit/prod`, as `receiverUrl` makes it. */
  readonly receiver: string;
  readonly token?: string;
  /** A file with the certificate authority of the receiver, as PEM text. */
  readonly authority?: string;
  /** The audit policy to be used. */
  readonly policy: string;
  /** Control-plane hosts, as ssh takes them; none: this machine. */
  readonly hosts: readonly string[];
  /** Where auditing is on already: `keep` the policy and log that are there, or `replace` them. Absent: refuse. */
  readonly merge?: "keep" | "replace";
  /** By the names of the distribution's own options. */
  readonly options: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a distribution may look at. Nothing is changed through it. */
export interface World {
  /** What the program prints. Where it is missing or fails: in a dry run `assumed`, told in `unseen`; else it throws `CannotSee`. */
  ask(argv: readonly string[], assumed: string, on?: Place): Promise<string>;
  /** The program's answer whatever it is; undefined where it cannot be asked, and either the run is dry or it is `kubectl`. */
  try(argv: readonly string[], on?: Place): Promise<Answer | undefined>;
  /** The file's text; null where there is none. In a dry run, where the place cannot be reached: null, told in `unseen`. */
  read(on: Place, path: string): Promise<string | null>;
  /** The kept original of a changed file, where `current` is still what we made of it. */
  original(on: Place, path: string, current: string): Promise<string | null>;
  /** Whether we have a record of having done this. */
  recorded(what: string): Promise<boolean>;
  /** What one of our steps took the place of; undefined where nothing is kept. */
  kept(what: string): Promise<unknown>;
  /** Says what was taken for granted instead of looked at. Throws `CannotSee` where the run is not dry. */
  assume(what: string, help: string): void;
  readonly home: string;
}

export interface DistributionOption {
  /** As typed: `resource-group`. */
  readonly name: string;
  readonly doc: string;
  readonly required?: boolean;
  readonly default?: string;
  /** There are no other values. */
  readonly choices?: readonly string[];
}

/** A kind of cluster, and how its auditing is turned on and off. */
export interface Distribution {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly title: string;
  /** How its events reach us, in a sentence. */
  readonly doc: string;
  /** Programs it needs on PATH. */
  readonly tools: readonly string[];
  readonly options?: readonly DistributionOption[];
  /** `webhook`: the API server posts to us. `source`: one of our sources fetches or receives by another way. */
  readonly route: "webhook" | "source";
  /** What is recorded is not ours to set: the cloud's own policy, a profile, or none at all. */
  readonly policy?: "theirs";
  /** Control-plane hosts are given with `--host`. */
  readonly takesHosts?: boolean;
  /** The minor version of Kubernetes that it always is. */
  readonly kubernetes?: number;
  /** The cluster's version of Kubernetes, where it can be seen: `1.30.4`. Asked where nobody told it. */
  version?(wish: Asked, world: World): Promise<string | undefined>;
  /** Files to plan against where no cluster is there at all, by their paths. */
  typical?(wish: Asked): Readonly<Record<string, string>>;
  /** From the request to its arrival here, at most, where all is well. Seconds. */
  readonly verifyWithinSecs: number;
  plan(wish: Wish, world: World): Promise<Planned>;
  undo(wish: Wish, world: World): Promise<Planned>;
}

export interface Planned {
  readonly steps: readonly Step[];
  readonly notes?: readonly string[];
}

/** The plan cannot be made as things stand; `help` says what to do. */
export class Refused extends Error {
  readonly help: string;
  constructor(message: string, help: string) {
    super(message);
    this.help = help;
  }
}

/** Something that must be looked at cannot be. */
export class CannotSee extends Error {
  readonly help: string;
  constructor(message: string, help: string) {
    super(message);
    this.help = help;
  }
}

export const placeName = ({ via, name }: Place): string =>
  via === "here" ? "this machine" : via === "ssh" ? name : `${via} ${name}`.trim();
