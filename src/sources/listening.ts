/** Where a source's server listens. */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { addressOf } from "./webhook-config.ts";

/** Resolves with `http://127.0.0.1:7765` once it listens; rejects where it cannot. */
export async function listening(server: Server, listen: string, scheme: "http" | "https"): Promise<string> {
  const { host, port } = addressOf(listen);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const bound = server.address() as AddressInfo;
  return `${scheme}://${bound.family === "IPv6" ? `[${bound.address}]` : bound.address}:${bound.port}`;
}
