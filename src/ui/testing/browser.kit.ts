/** A real Chromium on a real server: what a journey needs, and what it must leave clean. */
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Running, startServer } from "../../cli/serve.kit.ts";

const token = "a-token-for-journeys-alone";
const pages = fileURLToPath(new URL("../../../dist/ui/index.html", import.meta.url));

/** TIERCEL_CHROMIUM, or the first browser of its kind on the PATH. */
function findChromium(): string | undefined {
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const places = (process.env.PATH ?? "").split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return [process.env.TIERCEL_CHROMIUM ?? "", ...places].find((path) => path !== "" && isProgram(path));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface Traveller {
  readonly server: Running;
  /** The folder the server keeps its data in. */
  readonly dataDir: string;
  /** A page that nobody is logged in to. */
  open(options?: PageOptions): Promise<Page>;
  /** A page of somebody with all rights, at this address. */
  enter(path: string, options?: PageOptions): Promise<Page>;
  /** Posts audit events, and waits until they are judged. */
  post(events: readonly object[], cluster?: string): Promise<void>;
  ask<T>(path: string): Promise<T>;
  /** What is wrong with a page for those who do not see it, a line each. */
  axe(page: Page): Promise<readonly string[]>;
  /** A picture for those who look, where TIERCEL_SHOTS names a folder. */
  shot(page: Page, name: string): Promise<void>;
}

export interface PageOptions {
  readonly scheme?: "light" | "dark";
  readonly width?: number;
  readonly height?: number;
}

/**
 * Journeys in one browser, each on what the former left. Without a browser or built pages they are skipped by name,
 * except in CI, where they fail. Whatever the browser complains of at any time fails the journey it happened in.
 */
export function journeys(
  title: string,
  define: (traveller: () => Traveller, journey: (name: string, walk: () => Promise<void>) => void) => void,
  args: readonly string[] = [],
): void {
  const executablePath = findChromium();
  const missing =
    executablePath === undefined
      ? "no Chromium is installed: set TIERCEL_CHROMIUM, or install Debian's `chromium`"
      : existsSync(pages)
        ? undefined
        : "the pages are not built: `npm run build`";
  if (missing !== undefined && process.env.CI === undefined) {
    describe.skip(`${title} (skipped: ${missing})`, () => test("is skipped", () => {}));
    return;
  }
  describe(title, () => {
    const dataDir = mkdtempSync(join(tmpdir(), "tiercel-journey-"));
    const complaints: string[] = [];
    let browser: Browser;
    let server: Running;
    beforeAll(async () => {
      if (missing !== undefined) throw new Error(missing);
      server = await startServer(dataDir, args, { TIERCEL_BOOTSTRAP_TOKEN: token });
      browser = await chromium.launch({
        executablePath,
        args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
      });
    });
    afterAll(async () => {
      await browser?.close();
      server?.signal("SIGTERM");
      await server?.ended;
      rmSync(dataDir, { recursive: true, force: true });
    });
    const open = async ({ scheme = "light", width = 1280, height = 800 }: PageOptions = {}) => {
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme: scheme,
        reducedMotion: "reduce",
        baseURL: server.api,
      });
      const page = await context.newPage();
      page.setDefaultTimeout(10_000);
      page.on("console", (message) => {
        // The browser tells of each answer that is none; what a page makes of it is looked at where it matters.
        if (message.type() === "error" && !/^Failed to load resource/.test(message.text()))
          complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(String(error)));
      return page;
    };
    const traveller: Traveller = {
      get server() {
        return server;
      },
      dataDir,
      open,
      async enter(path, options) {
        const page = await open(options);
        await page.context().setExtraHTTPHeaders({ authorization: `Bearer ${token}` });
        await page.goto(path);
        return page;
      },
      async post(events, cluster = "prod") {
        const body = JSON.stringify({ kind: "EventList", apiVersion: "audit.k8s.io/v1", metadata: {}, items: events });
        const before = await traveller.ask<{ total: number }>("activities/facets");
        const { status, text } = await server.post(body, `/k8s_audit/${cluster}`);
        expect([status, text]).toEqual([200, expect.anything()]);
        for (let waited = 0; waited < 15_000; waited += 100) {
          const { total } = await traveller.ask<{ total: number }>("activities/facets");
          if (total > before.total) return;
          await pause(100);
        }
        throw new Error("what was posted is not in the index");
      },
      async ask(path) {
        return (await server.get(`/api/v1/${path}`, token)).body as never;
      },
      async axe(page) {
        const { violations } = await new AxeBuilder({ page }).analyze();
        return violations.flatMap(({ id, nodes }) =>
          nodes.map(
            ({ target, failureSummary }) => `${id} ${target.join(" ")}: ${failureSummary?.split("\n").at(1)?.trim()}`,
          ),
        );
      },
      async shot(page, name) {
        const folder = process.env.TIERCEL_SHOTS;
        if (folder === undefined) return;
        mkdirSync(folder, { recursive: true });
        await page.screenshot({ path: join(folder, `${name}.png`) });
      },
    };
    define(
      () => traveller,
      (name, walk) =>
        test(name, async () => {
          complaints.length = 0;
          try {
            await walk();
          } finally {
            for (const context of browser.contexts()) await context.close();
          }
          expect(complaints).toEqual([]);
        }),
    );
  });
}
