/** The server of a source that others push to: HTTP or HTTPS, its certificate read again when it changes. */
import { createServer as createPlain, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecure } from "node:https";
import { z } from "zod";
import type { SourceWorld } from "../domain/source.ts";
import { listening } from "./listening.ts";
import { tlsMaterial, watchTls } from "./webhook-tls.ts";

export const pushTls = z
  .strictObject({
    cert_file: z.string().describe("The server's certificate with its chain, PEM. Read again when it changes."),
    key_file: z.string().describe("The certificate's private key, PEM."),
  })
  .optional()
  .describe("Serve HTTPS here. Unless told: plain HTTP, for a load balancer in front.");

interface PushOptions {
  readonly listen: string;
  readonly tls: z.output<typeof pushTls>;
  /** As the operator is told of it: `the Firehose endpoint`. */
  readonly what: string;
  readonly log: SourceWorld["log"];
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Answers where `handle` failed by a bug of ours. */
  broken(response: ServerResponse): void;
}

export interface PushServer {
  /** Resolves with the address it listens on; rejects where it cannot. */
  start(): Promise<string>;
  /** Takes nothing new; what has begun is ended within ten seconds. */
  stop(): Promise<void>;
}

const tlsCheckMs = 10_000;
const lastRequestsMs = 10_000;

export function pushServer({ listen, tls, what, log, handle, broken }: PushOptions): PushServer {
  let stopWatching = () => {};
  const server = tls === undefined ? createPlain() : createSecure();
  server.keepAliveTimeout = 150_000;
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    handle(request, response).catch((error) => {
      log("error", `${what} failed: ${error instanceof Error ? error.stack : error}`);
      broken(response);
    });
  });
  return {
    start() {
      if (tls !== undefined && "setSecureContext" in server) {
        const { print: _, ...material } = tlsMaterial(tls);
        server.setSecureContext({ ...material });
        const failed = (why: string) => log("warn", `${what}'s certificate cannot be used, the former stays: ${why}`);
        stopWatching = watchTls(tls, tlsCheckMs, (changed) => server.setSecureContext(changed), failed);
      }
      return listening(server, listen, tls === undefined ? "http" : "https");
    },
    async stop() {
      stopWatching();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const late = setTimeout(() => server.closeAllConnections(), lastRequestsMs);
      await closed;
      clearTimeout(late);
    },
  };
}
