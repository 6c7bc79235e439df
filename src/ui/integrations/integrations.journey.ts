/** A cluster is added, sends, and is looked at, in a real browser on a real server. */
import { expect } from "vitest";
import { journeys } from "../testing/browser.kit.ts";
import { auditEvent } from "../testing/events.kit.ts";

journeys("Integrations", (traveller, journey) => {
  journey("where nothing has come yet, the page says how to begin", async () => {
    const { enter, axe, shot } = traveller();
    const page = await enter("/integrations");
    await page.getByRole("heading", { name: "No cluster is known yet" }).waitFor();
    await page.getByText("curl --data-binary @audit.log").waitFor();
    expect(await axe(page)).toEqual([]);
    await shot(page, "integrations-empty");
  });

  journey("a cluster is added: files with its token, then its first event as it comes", async () => {
    const { enter, axe, shot, post, ask, server } = traveller();
    const page = await enter("/integrations");
    await page.getByRole("button", { name: "Add a cluster" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("oslo");
    const address = dialog.getByLabel("Address its API servers reach Tiercel by");
    await address.fill("https://tiercel.security.svc:7765");
    await dialog.getByRole("button", { name: "Make its token" }).click();
    await dialog.getByText("it does not ask the cluster's DNS").waitFor();
    expect(await axe(page)).toEqual([]);

    await address.fill("http://192.0.2.1:7765");
    await dialog.getByRole("button", { name: "Make its token" }).click();
    await dialog.getByText("The token is shown here once").waitFor();
    await dialog.getByRole("listitem").filter({ hasText: "By http an API server sends no token" }).waitFor();
    await dialog.getByText("Waiting for its first event…").waitFor();
    const command = dialog.getByText("export TIERCEL_INGEST_TOKEN=");
    await command.waitFor();
    const token = /TIERCEL_INGEST_TOKEN=(tiercel_[\w-]+)/.exec(await command.innerText())?.[1] ?? "";
    expect(token).not.toBe("");
    expect(await command.innerText()).toContain(
      "tiercel enable kubeadm --cluster oslo --receiver http://192.0.2.1:7765",
    );
    await dialog.getByText("A browser cannot look at hosts").waitFor();
    const steps = dialog.getByRole("list", { name: "Steps of the plan" });
    await steps.getByText("change /etc/kubernetes/manifests/kube-apiserver.yaml").waitFor();
    await steps.getByText("Restarts this host's API server").waitFor();
    // The token stands in the files of this page, and in no plan.
    expect(await dialog.getByText(`token: "${token}"`).count()).toBeGreaterThan(0);
    expect(await steps.innerText()).not.toContain(token);
    expect(await axe(page)).toEqual([]);
    await shot(page, "integrations-plan");
    const saved = page.waitForEvent("download");
    await dialog.getByRole("button", { name: "Save plan.sh" }).click();
    expect((await saved).suggestedFilename()).toBe("plan.sh");

    await dialog.getByRole("combobox", { name: "Kind of cluster" }).click();
    await page.getByRole("option", { name: "K3s", exact: true }).click();
    await dialog.getByLabel("control-plane hosts").fill("root@cp1, root@cp2");
    await dialog.getByText("--receiver http://192.0.2.1:7765 --host root@cp1 --host root@cp2").waitFor();
    await steps.getByText("on root@cp2").first().waitFor();
    await dialog.getByLabel("Kubernetes version").fill("1.9");
    await dialog.getByText("Kubernetes 1.9 is too old").waitFor();
    expect(await axe(page)).toEqual([]);
    await shot(page, "integrations-plan-refused");
    await dialog.getByRole("combobox", { name: "Kind of cluster" }).click();
    await page.getByRole("option", { name: "Amazon Elastic Kubernetes Service" }).click();
    await dialog.getByText("The plan comes when this is filled in: region.").waitFor();
    await dialog.getByLabel("region").fill("eu-west-1");
    await dialog.getByText("tiercel enable eks --cluster oslo --region eu-west-1").waitFor();
    await steps.getByText("The cluster writes its audit log to CloudWatch Logs").waitFor();
    expect(await axe(page)).toEqual([]);
    await shot(page, "integrations-plan-eks");

    await post([auditEvent({ verb: "list", requestURI: "/api/v1/pods", objectRef: { resource: "pods" } })], "oslo");
    await dialog.getByText("The first event has come").waitFor();
    await dialog.getByRole("button", { name: "Done" }).click();
    const card = page.getByRole("article", { name: "Cluster oslo" });
    await card.getByText("Connected").waitFor();
    await card.getByText("Metadata 100 %").waitFor();

    const { items } = await ask<{ items: readonly { name: string; role: string; cluster: string }[] }>("tokens");
    expect(items.filter(({ cluster }) => cluster === "oslo")).toMatchObject([{ name: "cluster-oslo", role: "ingest" }]);
    // What sends does not read.
    expect((await server.get("/api/v1/clusters", token)).status).toBe(403);
  });

  journey("another way in is chosen: what it needs, what it cannot see, and its first batch as it comes", async () => {
    const { enter, axe, shot, server } = traveller();
    const page = await enter("/integrations");
    await page.getByRole("button", { name: /^EKS, by CloudWatch Logs/ }).click();
    const dialog = page.getByRole("dialog", { name: "EKS, by CloudWatch Logs" });
    await dialog.getByText("logs:FilterLogEvents").first().waitFor();
    await dialog.getByText("Bodies of secrets and config maps.").waitFor();
    await dialog.getByText("aws eks update-cluster-config").waitFor();
    await dialog.getByText("type: cloudwatch").waitFor();
    await dialog.getByText("No source of the type cloudwatch is configured.").waitFor();
    expect(new URL(page.url()).search).toBe("?way=cloudwatch");
    expect(await axe(page)).toEqual([]);
    await shot(page, "integrations-way");

    await page.goto("/integrations?way=falco");
    const alerts = page.getByRole("dialog", { name: "Falco's runtime alerts" });
    await alerts.getByText("No source of the type falco is configured.").waitFor();
    await server.post('{"rule":"Terminal shell in container","priority":"Notice","output":"a shell"}', "/falco/oslo");
    await alerts.getByText("The first batch has come by falco").waitFor();
    await shot(page, "integrations-way-falco");
    await alerts.getByRole("button", { name: "Done" }).click();
    const narrow = await enter("/integrations?way=admission", { width: 390, height: 844, scheme: "dark" });
    await narrow.getByText("API servers ask no webhook about webhooks").waitFor();
    expect(await narrow.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(await axe(narrow)).toEqual([]);
    await shot(narrow, "integrations-way-390-dark");
  });

  journey("what could not be read is a warning, and is looked at by where it came from", async () => {
    const { enter, axe, shot, server } = traveller();
    await server.post('{"kind":"Event","oslo\u001b[31m', "/k8s_audit/oslo");
    await server.post("not of oslo", "/k8s_audit/berlin");
    const page = await enter("/integrations");
    const card = page.getByRole("article", { name: "Cluster oslo" });
    await card.getByText("Warning").waitFor();
    await card.getByText("In the last 24 h 1 part of a batch could not be read and is in quarantine").waitFor();
    await card.getByRole("button", { name: "1 in quarantine" }).click();
    await page.getByText("␛[31m").waitFor();
    expect(await page.getByText("not of oslo").count()).toBe(0);
    expect(new URL(page.url()).search).toBe("?view=quarantine&cluster=oslo");
    expect(await axe(page)).toEqual([]);
    await shot(page, "integrations-quarantine");
    await page.getByRole("combobox", { name: "Cluster" }).click();
    await page.getByRole("option", { name: "Every cluster" }).click();
    await page.getByText("not of oslo").waitFor();
  });

  journey("the plan reads well on a phone, and in the dark", async () => {
    const { enter, axe, shot } = traveller();
    for (const [name, options] of [
      ["integrations-plan-390", { width: 390, height: 844 }],
      ["integrations-plan-dark", { scheme: "dark" }],
    ] as const) {
      const page = await enter("/integrations?add=1", options);
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Name").fill(name);
      await dialog.getByLabel("Address its API servers reach Tiercel by").fill("https://192.0.2.1:7765");
      await dialog.getByRole("button", { name: "Make its token" }).click();
      const steps = dialog.getByRole("list", { name: "Steps of the plan" });
      await steps.getByText("change /etc/kubernetes/manifests/kube-apiserver.yaml").waitFor();
      await steps.getByText("lines").last().click();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
        options.width ?? 1280,
      );
      expect(await axe(page)).toEqual([]);
      await shot(page, name);
      await steps.scrollIntoViewIfNeeded();
      await shot(page, `${name}-steps`);
    }
  });

  journey("it reads well on a phone, and in the dark", async () => {
    const { enter, axe, shot } = traveller();
    const narrow = await enter("/integrations", { width: 390, height: 844 });
    await narrow.getByRole("article", { name: "Cluster oslo" }).waitFor();
    expect(await narrow.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(await axe(narrow)).toEqual([]);
    await shot(narrow, "integrations-390");
    const dark = await enter("/integrations", { scheme: "dark" });
    await dark.getByRole("article", { name: "Cluster oslo" }).waitFor();
    expect(await axe(dark)).toEqual([]);
    await shot(dark, "integrations-dark");
  });
});
