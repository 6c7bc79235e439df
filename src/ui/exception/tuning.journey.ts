/** From an event to a quieter rule, in a real browser on a real server. */
import { expect } from "vitest";
import { journeys } from "../testing/browser.kit.ts";

const shell = (user: string, namespace: string, number: number) => {
  const at = new Date(Date.now() - 60_000 + number * 1000).toISOString().replace("Z", "000Z");
  return {
    ...{ kind: "Event", apiVersion: "audit.k8s.io/v1", level: "Request", stage: "ResponseStarted" },
    auditID: `5d0f0a00-0000-4000-8000-00000000000${number}`,
    requestURI: `/api/v1/namespaces/${namespace}/pods/api-1/exec?command=sh&stdin=true&tty=true&container=api`,
    verb: "get",
    user: { username: user, groups: ["developers", "system:authenticated"] },
    ...{ sourceIPs: ["192.0.2.7"], userAgent: "kubectl/v1.33.2 (linux/amd64) kubernetes/a57b6f7" },
    objectRef: { resource: "pods", subresource: "exec", namespace, name: "api-1", apiVersion: "v1" },
    ...{ responseStatus: { metadata: {}, code: 101 }, requestReceivedTimestamp: at, stageTimestamp: at },
    annotations: { "authorization.k8s.io/decision": "allow" },
  };
};
const rule = "Attach/Exec Pod";

journeys("tuning from an event", (traveller, journey) => {
  const count = async (user: string) => {
    const list = await traveller().ask<{ readonly items: readonly unknown[] }>(
      `detections?rule=${encodeURIComponent(rule)}&user=${user}`,
    );
    return list.items.length;
  };

  journey("an event says what happened, why it fired and why another rule did not", async () => {
    const t = traveller();
    await t.post([shell("alice", "payments", 1), shell("bob", "shop", 2)]);
    const page = await t.enter("/?range=all&user=alice");
    await page
      .getByRole("row")
      .filter({ hasText: "alice" })
      .first()
      .click({ position: { x: 6, y: 6 } });
    const panel = page.getByRole("complementary", { name: "Details" });
    await panel.getByRole("heading", { name: /^alice opened a shell in pod payments\/api-1/ }).waitFor();
    await panel.getByText("It matches: this is why.").waitFor();
    await panel.getByText("ka.target.subresource is exec").waitFor();
    await t.shot(page, "detail");
    expect(await t.axe(page)).toEqual([]);

    await panel.getByRole("combobox", { name: "Rule" }).click();
    await page.getByRole("option", { name: "Create Privileged Pod" }).click();
    await panel.getByText("“Create Privileged Pod” does not match: this is why not.").waitFor();

    await panel.getByRole("tab", { name: "Audit event" }).click();
    await panel.getByLabel("Search in Audit event").fill("api-1");
    await panel.getByRole("treeitem", { name: /name: "api-1"/ }).waitFor();
    await panel.getByRole("tab", { name: "Around it" }).click();
    await panel.getByRole("region", { name: "The same user, 15 minutes before and after" }).waitFor();
    expect(await t.axe(page)).toEqual([]);

    await panel.getByRole("button", { name: "Acknowledge" }).click();
    await panel.getByText("acknowledged", { exact: true }).waitFor();
    // What lies on top is closed first.
    await panel.getByRole("button", { name: "Make an exception" }).click();
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await panel.waitFor();
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "detached" });
  });

  journey("an exception is warned of, tried on the past, saved, and keeps its events away", async () => {
    const t = traveller();
    const page = await t.enter("/?range=all&user=alice");
    await page
      .getByRole("row")
      .filter({ hasText: "alice" })
      .first()
      .click({ position: { x: 6, y: 6 } });
    await page.getByRole("button", { name: "Make an exception" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("The rule would no longer match this event.").waitFor();

    const box = (field: string) => dialog.getByRole("checkbox", { name: field, exact: true });
    for (const field of ["ka.user.name", "ka.target.namespace"]) await box(field).uncheck();
    await box("ka.useragent").check();
    await dialog.getByText(/^Whoever sends the request chooses/).waitFor();
    await box("ka.useragent").uncheck();
    await box("ka.user.name").check();

    await dialog.getByRole("button", { name: "Try it" }).click();
    await dialog.getByText("It would have removed 1 of 2 matches in the last 7 days, and keeps 1.").waitFor();
    await t.shot(page, "exception");
    expect(await t.axe(page)).toEqual([]);

    await dialog.getByRole("button", { name: "Save to exceptions.yaml" }).click();
    await dialog.getByText("It is live").waitFor();
    expect(await t.axe(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Done" }).click();
    await page.getByText("By the rules as they are now this event no longer matches").waitFor();

    const before = [await count("alice"), await count("bob")];
    await t.post([shell("alice", "payments", 3), shell("bob", "shop", 4)]);
    expect([before, [await count("alice"), await count("bob")]]).toEqual([
      [1, 1],
      [1, 2],
    ]);
    const { items } = await traveller().ask<{
      readonly items: readonly { own: boolean; name: string; text: string }[];
    }>("rule-files");
    expect(items.filter(({ own }) => own).map(({ name, text }) => [name, text])).toEqual([
      [
        "exceptions.yaml",
        [
          `- rule: ${rule}`,
          "  exceptions:",
          "    - name: user_name",
          "      fields: [ka.user.name]",
          "      comps: [=]",
          "      values:",
          "        - [alice]",
          "  override:",
          "    exceptions: append",
          "",
        ].join("\n"),
      ],
    ]);
  });
});
