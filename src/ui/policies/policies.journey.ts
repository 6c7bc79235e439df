import { expect } from "vitest";
import { journeys } from "../testing/browser.kit.ts";
import { configMap, shell } from "../testing/events.kit.ts";

journeys("Policies", (traveller, journey) => {
  journey("a policy is switched on, and what it counts is detected from then on", async () => {
    const { post, enter, axe, shot, ask } = traveller();
    await post([configMap("before", 3)]);
    const page = await enter("/policies");
    await page.getByRole("heading", { level: 1, name: "Policies" }).waitFor();
    await page.getByRole("link", { name: "Suspicious K8s Activity", exact: true }).waitFor();
    expect(await axe(page)).toEqual([]);
    await shot(page, "policies");
    const row = page.getByRole("row").filter({ hasText: "All K8s Object Modifications" });
    await row.locator("label").click();
    await page.getByText("All K8s Object Modifications is on").waitFor();
    await post([configMap("after", 1)]);
    const { items } = await ask<{ items: { name: string; policy: string }[] }>(
      "detections?rule=K8s%20ConfigMap%20Created",
    );
    expect(items.map(({ name, policy }) => [name, policy])).toEqual([["after", "All K8s Object Modifications"]]);
  });

  journey("a policy of one's own is made with rules and a scope, muted, and tells who did so", async () => {
    const { post, enter, axe, shot, ask } = traveller();
    const page = await enter("/policies");
    await page.getByRole("button", { name: "New policy" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("Payments");
    await page.getByRole("combobox", { name: "Severity" }).selectOption("0");
    await page.getByRole("button", { name: "Add a condition" }).click();
    await page
      .getByRole("combobox", { name: "Values 1" })
      .or(page.getByRole("textbox", { name: "Values 1" }))
      .fill("payments");
    await page.keyboard.press("Enter");
    await page
      .getByRole("combobox", { name: "Add a rule" })
      .or(page.getByRole("textbox", { name: "Add a rule" }))
      .fill("Attach/Exec");
    await page.getByRole("option", { name: "Attach/Exec Pod" }).click();
    await page.getByRole("switch", { name: "Attach/Exec Pod counts" }).waitFor();
    expect(await axe(page)).toEqual([]);
    await page.getByRole("button", { name: "Make the policy" }).click();
    await page.getByRole("heading", { level: 1, name: "Payments" }).waitFor();
    await post([shell({}, 2), shell({ namespace: "shop", name: "web-1" }, 2)]);
    const { items } = await ask<{ items: { namespace: string; policy: string }[] }>(
      "detections?rule=Attach/Exec%20Pod",
    );
    expect(items.map(({ namespace, policy }) => [namespace, policy]).toSorted()).toEqual([
      ["payments", "Payments"],
      ["shop", "Suspicious K8s Activity"],
    ]);

    await page.getByRole("textbox", { name: "Because" }).fill("we move");
    await page.getByRole("button", { name: "Mute", exact: true }).click();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Payments is saved and counts from now on").waitFor();
    await page.getByRole("region", { name: "History" }).getByText("changed it", { exact: false }).first().waitFor();
    expect(await axe(page)).toEqual([]);
    await shot(page, "policy");
    const { items: changes } = await ask<{ items: { id: string; action: string }[] }>(
      "changes?kind=policy&id=Payments",
    );
    expect(changes.map(({ action }) => action)).toEqual(["update", "create"]);
  });

  journey("what somebody else changed meanwhile is not overwritten", async () => {
    const { enter, server, axe, shot, ask } = traveller();
    const page = await enter("/policies/Attacks%20on%20Containers");
    await page.getByRole("textbox", { name: "Runbook" }).fill("https://runbooks.example.com/1");
    const first = await fetch(`${server.api}/api/v1/policies/Attacks%20on%20Containers`, {
      headers: { authorization: "Bearer a-token-for-journeys-alone" },
    });
    const { version: _, ...policy } = (await first.json()) as { version: number };
    await fetch(`${server.api}/api/v1/policies/Attacks%20on%20Containers`, {
      method: "PUT",
      headers: { authorization: "Bearer a-token-for-journeys-alone", "content-type": "application/json" },
      body: JSON.stringify({ ...policy, enabled: false }),
    });
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("alert").getByText("was changed by somebody else meanwhile").waitFor();
    const both = page.getByRole("region", { name: "What stands now and what you wrote" });
    await both.getByText('"enabled": false').waitFor();
    await both.getByText("https://runbooks.example.com/1").waitFor();
    expect(await axe(page)).toEqual([]);
    await shot(page, "policy-conflict");
    // What was written here is not lost, and saved over what stands only when that is said.
    expect(await page.getByRole("textbox", { name: "Runbook" }).inputValue()).toBe("https://runbooks.example.com/1");
    await page.getByRole("button", { name: "Go on with mine" }).click();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Attacks on Containers is saved and counts from now on").waitFor();
    const { enabled, runbook } = await ask<{ enabled: boolean; runbook: string }>("policies/Attacks%20on%20Containers");
    expect([enabled, runbook]).toEqual([true, "https://runbooks.example.com/1"]);
  });
});
