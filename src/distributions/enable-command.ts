/** The command that turns a cluster's auditing on, for each kind of cluster, to be copied. */
import { distributions } from "./index.ts";
import type { Distribution } from "./plan/contract.ts";

export interface EnableCommand {
  /** As of `tiercel enable --list`. */
  readonly name: string;
  readonly title: string;
  readonly doc: string;
  /** A shell's lines; what only the reader knows stands in capitals. */
  readonly command: string;
}

export interface EnableCommandWish {
  readonly cluster: string;
  /** As `receiverUrl` made it. */
  readonly url: string;
  readonly token: string;
}

export const enableCommands = (wish: EnableCommandWish): readonly EnableCommand[] =>
  distributions.map((one) => ({ name: one.name, title: one.title, doc: one.doc, command: commandOf(one, wish) }));

/** Kinds that fetch from a cloud need neither the receiver nor its token. */
function commandOf(one: Distribution, { cluster, url, token }: EnableCommandWish): string {
  const posts = one.route === "webhook" || one.name === "openshift";
  const words = [
    `tiercel enable ${one.name} --cluster ${cluster}`,
    ...(posts ? [`--receiver ${new URL(url).origin}`] : []),
    ...(one.takesHosts === true ? ["--host root@CONTROL-PLANE-HOST"] : []),
    ...(one.options ?? []).filter(({ required }) => required).map(({ name }) => `--${name} ${name.toUpperCase()}`),
  ];
  return `${posts ? `export TIERCEL_INGEST_TOKEN=${token}\n` : ""}${words.join(" ")} --dry-run\n`;
}
