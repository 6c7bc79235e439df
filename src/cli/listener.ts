/** The API's own listener: plain HTTP on one address, closed with what it still answers. */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import type { Hono } from "hono";
import { type Address, addressText } from "../config/address.ts";

export interface Listener {
  /** `http://127.0.0.1:7766` */
  readonly url: string;
  close(): Promise<void>;
}

const closeMillis = 5000;

/** Rejects where the address cannot be had. */
export async function listen(app: Hono, { host, port }: Address): Promise<Listener> {
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const bound = server.address() as AddressInfo;
  return {
    url: `http://${addressText({ host: bound.address, port: bound.port })}`,
    close: () =>
      new Promise((resolve) => {
        const timer = setTimeout(() => server.closeAllConnections(), closeMillis);
        server.close(() => {
          clearTimeout(timer);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}
