/** Real webhook posts of real API servers, put to the webhook and the journal behind it. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { heldSignals } from "../domain/signals.ts";
import type { SourceWorld } from "../domain/source.ts";
import { openFileJournal } from "../stores/journal/index.ts";
import { webhook } from "./webhook.ts";
import { webhookConfig } from "./webhook-config.ts";

interface Post {
  readonly request: { readonly method: string; readonly path: string; readonly headers: Record<string, string> };
  readonly body: unknown;
}

const root = resolve(process.env.TIERCEL_CONFORMANCE ?? "../shared/conformance", "providers/native");

/** All posts of a folder, in the order they were sent. */
function posts(folder: string): Post[] {
  const dir = join(root, folder);
  if (!existsSync(dir)) return [];
  const told = readdirSync(dir)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .flatMap((name): (Post & { order?: number })[] => JSON.parse(readFileSync(join(dir, name), "utf8")));
  return told.sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
}

describe("webhook posts of real API servers", () => {
  for (const folder of ["webhook-posts", "webhook-retry"]) {
    const sent = posts(folder);
    test.skipIf(sent.length === 0)(`${folder}: each body is kept once, byte for byte`, async () => {
      const dir = mkdtempSync(join(tmpdir(), "webhook-"));
      const journal = await openFileJournal({ dir });
      const world: SourceWorld = {
        name: "webhook",
        deliver: async (batch) => void (await journal.append(batch)),
        memory: { get: async () => undefined, set: async () => {} },
        clusters: { tokenOwner: async () => undefined, isKnown: async () => false, register: async () => true },
        signals: heldSignals(),
        now: () => new Date(),
        log: () => {},
      };
      const source = webhook.open(webhookConfig.parse({ listen: "127.0.0.1:0" }), world);
      await source.start();
      const { port } = new URL(source.address!);
      const bodies: string[] = [];
      for (const { request, body } of sent) {
        // Go ends its encoding with a line feed.
        const text = `${JSON.stringify(body)}\n`;
        const headers = { ...request.headers, "Content-Length": String(Buffer.byteLength(text)) };
        bodies.push(text);
        expect(await status(port, request.method, request.path, headers, text)).toBe(200);
      }
      const kept = (await journal.read(0, Number.MAX_SAFE_INTEGER)).map(({ body }) => Buffer.from(body).toString());
      await source.stop();
      await journal.close();
      rmSync(dir, { recursive: true });
      expect(kept).toEqual([...new Set(bodies)]);
    });
  }
});

function status(port: string, method: string, path: string, headers: Record<string, string>, body: string) {
  const { promise, resolve: told, reject } = Promise.withResolvers<number | undefined>();
  const request = httpRequest({ port, host: "127.0.0.1", method, path, headers, agent: false }, (response) => {
    response.resume();
    response.on("end", () => told(response.statusCode));
  });
  request.on("error", reject);
  request.end(body);
  return promise;
}
