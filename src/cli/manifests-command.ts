/** How `tiercel manifests` is called. */
import type { Command } from "commander";
import { examples, output, type Runs } from "./command-options.ts";
import type { Io } from "./io.ts";
import type { ManifestOptions } from "./manifests.ts";
import { version } from "./version.ts";

export function manifestsCommand(program: Command, io: Io, runs: Runs): void {
  program
    .command("manifests")
    .description(
      "Print what runs Tiercel itself in a cluster: namespace, stateful set, services, configuration, network policy.\n\n" +
        "It asks for no rights in the cluster. No secret is printed: the commands that make the one it waits for stand at " +
        "the top. API servers do not ask the cluster's DNS, so the service they post to has a fixed address.",
    )
    .summary("print what runs Tiercel in a cluster")
    .option("--namespace <name>", "where it runs", "tiercel")
    .option("--cluster-ip <address>", "the address API servers post to, a free one of the service range", "10.96.77.65")
    .option("--cluster <name>", "the name under which the cluster's events are kept", "kubernetes")
    .option("--image <image>", "an image that has `tiercel` on its PATH", `tiercel:${version}`)
    .option("--storage <size>", "of the volume that holds all that is kept", "50Gi")
    .addOption(output("yaml", "json"))
    .addHelpText(
      "after",
      examples(
        ["into the cluster", "tiercel manifests --image registry.example/tiercel:1 | kubectl apply -f -"],
        ["what is the service range?", "kubectl cluster-info dump | grep -m1 service-cluster-ip-range"],
      ),
    )
    .action(runs(async (flags: ManifestOptions) => (await import("./manifests.ts")).printManifests(flags, io)));
}
