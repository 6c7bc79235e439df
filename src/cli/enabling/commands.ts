/** The commands that turn auditing on and off, and prove it. */
import { type Command, Option } from "commander";
import { distributions } from "../../distributions/index.ts";
import type { DistributionOption } from "../../distributions/plan/contract.ts";
import { examples, output, type Runs, repeatable } from "../command-options.ts";
import { type Io, UsageError } from "../io.ts";
import type { DoFlags } from "./enable.ts";
import type { VerifyFlags } from "./verify.ts";

const outputs = ["text", "json", "yaml", "sh"] as const;

export function enableCommands(program: Command, io: Io, runs: Runs): void {
  const enable = planned(program.command("enable"))
    .description(
      "Turn auditing on: look at what is there, show a plan, and do it when you agree.\n\n" +
        "Running it twice changes nothing. Where auditing was configured by somebody else it refuses, unless told how to " +
        "merge. What was there before is kept where it was, and `disable` puts it back.",
    )
    .summary("turn a cluster's auditing on")
    .option("--list", "print the distributions and what each takes")
    .addHelpText(
      "after",
      examples(
        ["which kinds of cluster are there?", "tiercel enable --list"],
        ["see a plan, change nothing", "tiercel enable k3s --cluster prod --receiver https://10.0.0.5:7765 --dry-run"],
        [
          "three control-plane hosts",
          "tiercel enable kubeadm --cluster prod --receiver https://10.0.0.5:7765 --host root@cp1 --host root@cp2 --host root@cp3",
        ],
        ["a script to read and run oneself", "tiercel enable rke2 --receiver https://10.0.0.5:7765 -o sh"],
        ["files for a repository", "tiercel enable openshift --receiver https://tiercel.example --out audit/"],
      ),
    );
  enable.action(
    runs(async (name: string | undefined, flags: DoFlags & { readonly list?: boolean }) => {
      const { listDistributions, turn } = await import("./enable.ts");
      if (flags.list === true) return listDistributions(flags.output, io);
      return turn("enable", named(name), flags, io);
    }),
  );
  planned(program.command("disable"))
    .description("Turn auditing off again: what was there before `enable` is put back, what is ours is taken away.")
    .summary("turn a cluster's auditing off again")
    .addHelpText("after", examples(["see what would be undone", "tiercel disable k3s --cluster prod --dry-run"]))
    .action(
      runs(async (name: string | undefined, flags: DoFlags) =>
        (await import("./enable.ts")).turn("disable", named(name), flags, io),
      ),
    );
  asking(program.command("verify").argument("<distribution>", "as of `tiercel enable --list`"))
    .description(
      "Prove that events come: create and delete a ConfigMap with a random name, and wait for it at the server.\n\n" +
        "Where it does not come, walk from the API server to the rules and name the link that is broken.",
    )
    .summary("prove with a real event that auditing works")
    .option("--namespace <name>", "where the ConfigMap is made", "default")
    .option("--within <seconds>", "wait so long at most (default: what fits the distribution)", Number)
    .addHelpText("after", examples(["does it work?", "tiercel verify k3s --cluster prod"]))
    .action(
      runs(async (name: string, flags: VerifyFlags) => {
        const { knownDistribution } = await import("./flags.ts");
        return (await import("./verify.ts")).verifyWith(knownDistribution(name), flags, io);
      }),
    );
  asking(program.command("doctor"))
    .description("Walk from the API server to the rules without changing anything, and name the link that is broken.")
    .summary("find the broken link")
    .addHelpText("after", examples(["why is nothing seen?", "tiercel doctor --cluster prod"]))
    .action(runs(async (flags: VerifyFlags) => (await import("./doctor.ts")).doctor(flags, io)));
}

function named(name: string | undefined): string {
  if (name === undefined) throw new UsageError("which distribution?", "`tiercel enable --list` shows them");
  return name;
}

function planned(command: Command): Command {
  command
    .argument("[distribution]", "as of `tiercel enable --list`")
    .option("--cluster <name>", "what the cluster is called here", "default")
    .option(
      "--receiver <url>",
      "where API servers reach Tiercel: an IP address or a name they can look up (TIERCEL_RECEIVER)",
    )
    .option("--token-file <file>", "the token that the cluster sends; else TIERCEL_INGEST_TOKEN")
    .option("--ca-file <file>", "the certificate authority of the receiver's certificate")
    .option("--policy <file>", "an audit policy of one's own, in place of ours")
    .option("--kubernetes <version>", "the cluster's version, for which the policy is written")
    .addOption(
      new Option("--level-cap <level>", "record nothing deeper than this").choices([
        "Metadata",
        "Request",
        "RequestResponse",
      ]),
    )
    .addOption(
      repeatable(
        "--host <host>",
        "a control-plane host, as ssh takes it; repeat it for several (default: this machine)",
      ),
    )
    .addOption(
      new Option("--merge <how>", "where auditing is on already: keep what is there, or replace it").choices([
        "keep",
        "replace",
      ]),
    )
    .option("--dry-run", "print the plan, change nothing")
    .option("--yes", "do not ask")
    .option("--out <folder>", "write the plan's files and its script there, change nothing")
    .addOption(output(...outputs));
  for (const { name, doc, of } of specific()) command.option(`--${name} <value>`, `${doc} (${of.join(", ")})`);
  return command;
}

/** Options of single distributions; those of one name stand together. */
function specific(): readonly (DistributionOption & { readonly of: readonly string[] })[] {
  const byName = new Map<string, DistributionOption & { of: string[] }>();
  for (const { name: of, options = [] } of distributions)
    for (const option of options) {
      const there = byName.get(option.name);
      if (there === undefined) byName.set(option.name, { ...option, of: [of] });
      else {
        there.of.push(of);
        // Each kind means its own by it.
        if (there.doc !== option.doc)
          byName.set(option.name, { ...there, doc: "as `enable --list` says for each kind" });
      }
    }
  return [...byName.values()];
}

const asking = (command: Command): Command =>
  command
    .option("--cluster <name>", "what the cluster is called here", "default")
    .option(
      "--receiver <url>",
      "what the API server posts to, as told to `enable` (TIERCEL_RECEIVER): tells it from its other webhooks",
    )
    .option("--server <url>", "Tiercel's API (default: TIERCEL_SERVER, or http://127.0.0.1:7766)")
    .option("--data <folder>", "a data folder whose admin token is used, where TIERCEL_TOKEN is not set");
