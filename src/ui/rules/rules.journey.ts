/** From a mistake to a rule that fires, and from the library to an override, in a real browser. */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { journeys } from "../testing/browser.kit.ts";
import { auditEvent } from "../testing/events.kit.ts";

const mallory = "mallory@example.com";
const looked = (name: string) =>
  auditEvent({
    verb: "get",
    user: { username: mallory, groups: ["system:authenticated"] },
    requestURI: `/api/v1/namespaces/shop/pods/${name}`,
    objectRef: { resource: "pods", namespace: "shop", name, apiVersion: "v1" },
  });

/** Line by line, as the editor indents them; what it proposes is declined. */
async function write(page: Page, lines: readonly string[]): Promise<void> {
  for (const [at, line] of lines.entries()) {
    if (at > 0) {
      await page.keyboard.press("Escape");
      await page.keyboard.press("Enter");
    }
    await page.keyboard.type(line);
  }
  await page.keyboard.press("Escape");
}

journeys("Rules", (traveller, journey) => {
  journey("a mistake is pointed at and mended; the rule is tried, back-tested and saved, and fires", async () => {
    const { enter, post, ask, axe, shot } = traveller();
    await post([looked("web-1"), looked("web-2")]);
    const page = await enter("/rules/editor");
    await page.getByRole("button", { name: "New file" }).first().click();
    await page.getByLabel("Name").fill("ours.yaml");
    await page.getByText("Empty", { exact: true }).click();
    await page.getByRole("button", { name: "Begin" }).click();
    await page.getByRole("textbox", { name: "ours.yaml" }).click();
    const wrong = `usr.name = ${mallory}`;
    await write(page, [
      "- rule: Mallory Looks",
      "desc: Mallory looks at something.",
      'output: "%ka.user.name looks at %ka.target.name"',
      "priority: NOTICE",
      "source: k8s_audit",
      `condition: ka.verb = get and ka.${wrong}`,
    ]);
    await page
      .getByRole("button", { name: /no field is called `ka\.usr\.name`.*did you mean `ka\.user\.name`/ })
      .waitFor();
    await shot(page, "rules-editor-mistake");
    expect(await axe(page)).toEqual([]);
    for (const _ of wrong) await page.keyboard.press("Backspace");
    await write(page, [`user.name = ${mallory}`]);
    await page.getByText("Nothing is wrong: all files load as they stand here.").waitFor();

    await page.getByRole("tab", { name: "Test", exact: true }).click();
    await page.getByText("Recent activity", { exact: true }).click();
    await page.getByText("2 of 2 match, with ours.yaml as edited.").waitFor();
    await page.getByText(/mallory@example\.com looks at web-[12]/).waitFor();
    await shot(page, "rules-editor-test");

    await page.getByRole("tab", { name: "Back-test" }).click();
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByRole("row", { name: "Mallory Looks 0 2 +2 0" }).waitFor();
    await page.getByRole("button", { name: "Mallory Looks" }).click();
    await page.getByText(`2 · ${mallory}`).waitFor();
    await shot(page, "rules-editor-backtest");

    await page.keyboard.press("Control+s");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("ours.yaml is saved, and judges from now on.").waitFor();
    await post([looked("web-3")]);
    const { items } = await ask<{ items: readonly { output: string }[] }>("detections?rule=Mallory%20Looks");
    expect(items.map(({ output }) => output)).toEqual([`${mallory} looks at web-3`]);
  });

  journey("a rule is found in the library, and an override of it begun; leaving asks first", async () => {
    const { enter, axe, shot } = traveller();
    const page = await enter("/rules?origin=shipped&text=kubernetes+events");
    await page.getByRole("gridcell", { name: "Kubernetes Events Deleted" }).click();
    await page.getByRole("heading", { name: "Kubernetes Events Deleted" }).waitFor();
    expect(await axe(page)).toEqual([]);
    await shot(page, "rules-library");
    await page.getByRole("button", { name: "Override this rule" }).click();
    await page.getByRole("menuitem", { name: "Narrow its condition" }).click();
    await page.getByText("and not (ka.user.name in ())").waitFor();
    await page.getByRole("link", { name: "Events", exact: true }).click();
    await page.getByText(/is not saved\. What you wrote is lost\./).waitFor();
    await page.getByRole("button", { name: "Leave" }).click();
    await page.getByRole("heading", { level: 1, name: "Events" }).waitFor();
  });
});
