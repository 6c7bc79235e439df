/** What tests of a real cluster stand on: a server of ours that runs, and a host with a real API server that is enabled to it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { type EnabledHost, enabledHost } from "./enabled-host.kit.ts";
import { type OwnServer, ownServer } from "./own-server.kit.ts";

export interface EnabledCluster {
  readonly ours: OwnServer;
  readonly host: EnabledHost;
}

/** Made before the tests of the `describe` it is called in, and taken down after them; `made` has it then. */
export function enabledCluster(made: (cluster: EnabledCluster) => Promise<void> | void): void {
  const undone: (() => Promise<void> | void)[] = [];
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), "tiercel-real-"));
    undone.push(() => rmSync(folder, { recursive: true, force: true }));
    const ours = await ownServer(folder);
    undone.push(() => ours.stop());
    await ours.start();
    const host = await enabledHost(ours);
    undone.push(() => host.stop());
    await made({ ours, host });
  }, 600_000);
  afterAll(async () => {
    for (const undo of undone.toReversed()) await undo();
  }, 60_000);
}
