import { expect } from "vitest";
import { journeys } from "../testing/browser.kit.ts";
import { configMap, shell } from "../testing/events.kit.ts";

journeys("Events", (traveller, journey) => {
  journey("where nothing came yet, the page says how to send a first event", async () => {
    const page = await traveller().enter("/?range=all");
    await page.getByRole("heading", { name: "No audit event has come in" }).waitFor();
    await page.getByText(/curl --data-binary @audit.log http:.*\/k8s_audit/).waitFor();
    expect(await traveller().axe(page)).toEqual([]);
    await traveller().shot(page, "events-empty");
  });

  journey("from the feed to a detection, and why it fired", async () => {
    const { post, enter, axe, shot } = traveller();
    await post([shell({}), shell({ user: "bob@example.com", name: "ledger-1" }), configMap("settings")]);
    const page = await enter("/");
    const alice = page.getByRole("row", { name: /alice@example.com.*opened a shell.*payments\/api-7c9f/ });
    await alice.waitFor();
    expect(await axe(page)).toEqual([]);
    await shot(page, "events");
    await alice.click({ position: { x: 40, y: 14 } });
    const details = page.getByRole("complementary", { name: "Details" });
    await details.getByText("Attach/Exec Pod").first().waitFor();
    // The engine in the page finds the same match.
    await details.getByRole("tab", { name: "Why it fired" }).click();
    await details
      .getByText(/ka\.target\.subresource/)
      .first()
      .waitFor();
    expect(await axe(page)).toEqual([]);
    await shot(page, "events-detail");
  });

  journey("a click on a value filters, a key excludes, and the address says so", async () => {
    const page = await traveller().enter("/?range=all");
    await page.getByRole("row").nth(2).waitFor();
    await page.getByRole("row").nth(1).locator("[data-facet=user]").first().click();
    await page.getByRole("menuitem", { name: "Filter by this" }).click();
    await page.waitForURL(/[?&]user=/);
    await page
      .getByRole("list", { name: "Filters that hold" })
      .getByText(/User is/)
      .waitFor();
    await page.goBack();
    await page.waitForURL((url) => !url.search.includes("user="));
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await page.waitForURL(/not_user=/);
  });

  journey("a drag along the bars narrows the time", async () => {
    const page = await traveller().enter("/?range=1h");
    const bars = page.getByRole("img", { name: /Events over time/ });
    await bars.waitFor();
    await page.waitForTimeout(300);
    const box = await bars.boundingBox();
    if (box === null) throw new Error("the bars have no place");
    await page.mouse.move(box.x + box.width * 0.4, box.y + 30);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.7, box.y + 30, { steps: 8 });
    await page.mouse.up();
    await page.waitForURL(/from=.*to=/);
    const { searchParams } = new URL(page.url());
    const span = Date.parse(searchParams.get("to") ?? "") - Date.parse(searchParams.get("from") ?? "");
    expect(span / 3_600_000).toBeGreaterThan(0.2);
    expect(span / 3_600_000).toBeLessThan(0.4);
  });

  journey(
    "what arrives waits behind a pill while nobody asked to follow, and is followed when somebody does",
    async () => {
      const { post, enter } = traveller();
      const page = await enter("/?range=all");
      await page.getByRole("row").nth(1).waitFor();
      // The stream is open before anything is sent.
      await page.waitForTimeout(500);
      await post([shell({ user: "carol@example.com", name: "new-1" }, 0)]);
      await page.getByRole("button", { name: "1 new event" }).click();
      await page.getByRole("row", { name: /carol@example.com.*new-1/ }).waitFor();
      await page.keyboard.press("l");
      await page.waitForURL(/live=1/);
      await post([shell({ user: "carol@example.com", name: "new-2" }, 0)]);
      await page.getByRole("row", { name: /carol@example.com.*new-2/ }).waitFor();
    },
  );

  journey("groups are decided about, and stay so", async () => {
    const page = await traveller().enter("/?view=groups&range=all");
    const row = page.getByRole("row", { name: /bob@example.com/ }).first();
    await row.click({ position: { x: 40, y: 14 } });
    const details = page.getByRole("complementary", { name: "Details" });
    await details.getByRole("button", { name: "Acknowledge" }).click();
    await details
      .getByText(/acknowledged/)
      .first()
      .waitFor();
    await page.reload();
    await details.waitFor();
    await page.keyboard.press("Escape");
    await page
      .getByRole("row", { name: /bob@example.com.*acknowledged/ })
      .first()
      .waitFor();
  });

  journey("at 390 pixels, in the dark, nothing is lost to those who do not see it", async () => {
    const { enter, axe, shot } = traveller();
    const page = await enter("/?range=all", { width: 390, height: 800, scheme: "dark" });
    await page.getByRole("row").nth(1).waitFor();
    expect(await axe(page)).toEqual([]);
    await shot(page, "events-390-dark");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });
});
