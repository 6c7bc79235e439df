/** Every page there is, over a cluster in full swing: nothing wrong for those who do not see it, and no complaint. */
import { expect } from "vitest";
import { journeys } from "./browser.kit.ts";

const pages: readonly (readonly [path: string, heading: string | RegExp])[] = [
  ["/", "Events"],
  ["/?view=grouped", "Events"],
  ["/activity", "Activity Audit"],
  ["/activity/sessions", "Sessions"],
  ["/rules", "Rules"],
  ["/rules/editor", "Rules Editor"],
  ["/policies", "Policies"],
  ["/integrations", "Integrations"],
  ["/settings", "Settings"],
  ["/settings?tab=users", "Settings"],
  ["/settings?tab=tokens", "Settings"],
  ["/settings?tab=changes", "Settings"],
  ["/settings?tab=about", "Settings"],
  ["/nothing-here", /./],
];

journeys(
  "Every page",
  (traveller, journey) => {
    for (const [path, heading] of pages)
      journey(`${path} in light and in the dark, wide and narrow`, async () => {
        const { enter, axe, shot } = traveller();
        const name = `page${path.replaceAll(/\W+/g, "-")}`;
        const page = await enter(path);
        await page.getByRole("heading", { level: 1, name: heading }).waitFor();
        expect(await axe(page)).toEqual([]);
        await shot(page, `${name}-light`);
        await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
        await page.reload();
        await page.getByRole("heading", { level: 1, name: heading }).waitFor();
        expect(await axe(page)).toEqual([]);
        await shot(page, `${name}-dark`);
        await page.setViewportSize({ width: 390, height: 844 });
        await shot(page, `${name}-390`);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
      });
  },
  ["--demo"],
);
