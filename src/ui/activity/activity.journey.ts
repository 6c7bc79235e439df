import { expect } from "vitest";
import { journeys } from "../testing/browser.kit.ts";
import { auditEvent, endedShell } from "../testing/events.kit.ts";

journeys("Activity Audit", (traveller, journey) => {
  journey("from a request to the shell it was, what came after, and an object's history", async () => {
    const { post, enter, axe, shot, server, ask } = traveller();
    const robot = { username: "system:serviceaccount:ci:deployer", groups: ["system:serviceaccounts"] };
    const patch = (replicas: number, ago: number) =>
      auditEvent(
        {
          level: "RequestResponse",
          verb: "patch",
          requestURI: "/apis/apps/v1/namespaces/shop/deployments/web",
          objectRef: { resource: "deployments", namespace: "shop", name: "web", apiGroup: "apps", apiVersion: "v1" },
          requestObject: { spec: { replicas } },
          responseObject: {
            ...{ kind: "Deployment", apiVersion: "apps/v1", metadata: { name: "web", namespace: "shop" } },
            spec: { replicas },
          },
        },
        ago,
      );
    await post([
      ...endedShell(120, 60),
      patch(3, 100),
      patch(5, 50),
      auditEvent({ verb: "list", user: robot, requestURI: "/api/v1/pods", objectRef: { resource: "pods" } }),
    ]);
    const alert = (rule: string, cmdline: string, agoSecs: number, pod = "api-7c9f") => ({
      ...{ rule, priority: "Notice", source: "syscall", output: `${rule} (${cmdline} in ${pod})`, hostname: "node-1" },
      time: new Date(Date.now() - agoSecs * 1000).toISOString(),
      output_fields: {
        ...{ "k8s.ns.name": "payments", "k8s.pod.name": pod, "container.name": "app" },
        "proc.cmdline": cmdline,
      },
    });
    const alerts = [
      alert("Terminal shell in container", "sh", 119),
      alert("Read sensitive file untrusted", "cat /etc/shadow", 90),
      alert("Of another time", "sleep", 5),
      alert("Of another pod", "sleep", 90, "web-1"),
    ];
    await server.post(JSON.stringify(alerts), "/falco/prod");
    const toldAlerts = async () =>
      (await ask<{ items: readonly { source: string }[] }>("detections")).items.filter(
        ({ source }) => source === "syscall",
      );
    await expect.poll(async () => (await toldAlerts()).length).toBe(4);
    const page = await enter("/activity");
    const shellRow = page.getByRole("row", { name: /alice@example.com.*opened a shell/ });
    await shellRow.waitFor();
    // Machines are left out until somebody asks for them.
    expect(await page.getByRole("row", { name: /deployer/ }).count()).toBe(0);
    expect(await axe(page)).toEqual([]);
    await shot(page, "activity");

    await page.goto("/activity/sessions");
    await page
      .getByRole("row", { name: /alice@example.com/ })
      .first()
      .click({ position: { x: 40, y: 14 } });
    const details = page.getByRole("complementary", { name: "Details" });
    await details
      .getByText(/what was typed is not in audit data/i)
      .first()
      .waitFor();
    const inside = details.getByRole("list", { name: "Runtime alerts" });
    await inside.getByText("cat /etc/shadow").waitFor();
    expect(await inside.getByRole("link").allInnerTexts()).toEqual([
      "Terminal shell in container",
      "Read sensitive file untrusted",
    ]);
    expect(await axe(page)).toEqual([]);
    await shot(page, "session");
    await inside.getByRole("link", { name: "Read sensitive file untrusted" }).click();
    await details.getByText("Falco judged this itself, on node-1").waitFor();
    expect(await details.getByRole("button", { name: "Make an exception" }).count()).toBe(0);
    expect(await axe(page)).toEqual([]);
    await shot(page, "runtime-alert");

    await page.goto("/activity/object?cluster=prod&apiGroup=apps&resource=deployments&namespace=shop&name=web");
    await page.getByText("spec.replicas").first().waitFor();
    await page
      .getByText(/3\s*→\s*5/)
      .first()
      .waitFor();
    expect(await axe(page)).toEqual([]);
    await shot(page, "object-history");
  });
});
