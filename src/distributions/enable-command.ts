/** The command that turns a cluster's auditing on, to be copied. */
import type { Distribution } from "./plan/contract.ts";
import { quoted } from "./plan/shell.ts";
import { needsReceiver } from "./wish.ts";

export interface EnableCommandWish {
  readonly cluster: string;
  /** As written: `https://10.0.0.5:7765`. */
  readonly receiver: string;
  readonly hosts: readonly string[];
  /** As given; those that say what is said anyway are left out. */
  readonly options: Readonly<Record<string, string>>;
  readonly kubernetes?: string;
  readonly levelCap?: string;
}

/** A line for a shell, without the token: that comes from the environment. */
export function enableCommand(one: Distribution, wish: EnableCommandWish): string {
  const { cluster, receiver, hosts, options, kubernetes, levelCap } = wish;
  const said = Object.fromEntries((one.options ?? []).map((option) => [option.name, option.default]));
  return [
    `tiercel enable ${one.name} --cluster ${quoted(cluster)}`,
    ...(needsReceiver(one) ? [`--receiver ${quoted(receiver)}`] : []),
    ...hosts.map((host) => `--host ${quoted(host)}`),
    ...Object.entries(options)
      .filter(([name, value]) => said[name] !== value)
      .map(([name, value]) => `--${name} ${quoted(value)}`),
    ...(kubernetes === undefined ? [] : [`--kubernetes ${quoted(kubernetes)}`]),
    ...(levelCap === undefined ? [] : [`--level-cap ${levelCap}`]),
  ].join(" ");
}
