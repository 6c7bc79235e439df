import { expect } from "vitest";
import { journeys } from "../testing/browser.kit.ts";

const password = "four words are enough";

journeys("Who gets in", (traveller, journey) => {
  journey("from the link of the first start to a password, and in with it again", async () => {
    const { open, axe, shot, server } = traveller();
    const link = /\/login\?link=[\w-]+/.exec(server.stderr())?.[0] ?? "";
    const page = await open();

    await page.goto("/rules?q=exec");
    await page.getByRole("heading", { name: "Log in" }).waitFor();
    expect(await axe(page)).toEqual([]);
    await shot(page, "login");
    await page.getByLabel("Name").fill("admin");
    await page.getByLabel("Password", { exact: true }).fill("not the password");
    await page.getByRole("button", { name: "Log in", exact: true }).click();
    await page.getByText("The name or the password is wrong.").waitFor();
    expect(await axe(page)).toEqual([]);
    await shot(page, "login-failed");

    await page.goto(`${link}&next=${encodeURIComponent("/settings?tab=changes")}`);
    expect(await axe(page)).toEqual([]);
    await shot(page, "login-link");
    await page.getByRole("button", { name: "Log in with the link" }).click();
    await page.getByRole("heading", { name: "Welcome, admin" }).waitFor();
    expect(page.url()).not.toContain("link=");
    await page.getByLabel("New password", { exact: true }).fill(password);
    await page.getByLabel("New password again", { exact: true }).fill("another one");
    await page.getByText("This differs from the one above.").waitFor();
    expect(await axe(page)).toEqual([]);
    await shot(page, "login-password");
    await page.getByLabel("New password again", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Set the password" }).click();

    // Where one wanted to go, and what was done so far stands there.
    await page.waitForURL(/\/settings\?tab=changes$/);
    const trail = page.getByRole("listitem");
    await trail.filter({ hasText: "admin changed the user admin" }).first().waitFor();
    await trail.filter({ hasText: "admin failed to log in" }).first().waitFor();
    await trail.filter({ hasText: "admin logged in" }).first().getByRole("button", { name: "What" }).click();
    await page.getByRole("cell", { name: "link", exact: true }).waitFor();
    expect(await axe(page)).toEqual([]);
    await shot(page, "settings-changes");

    await page.getByRole("button", { name: "Log out" }).click();
    await page.getByRole("heading", { name: "Log in" }).waitFor();
    await page.getByLabel("Name").fill("admin");
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Events" }).waitFor();

    await page.goto(link);
    await page.getByRole("button", { name: "Log in with the link" }).click();
    await page.getByText("This link does not let in: it was used already, or is older than a day.").waitFor();
  });

  journey("an admin lets somebody in, who may less, and is out when kept out", async () => {
    const { open, axe, shot } = traveller();
    const page = await open();
    await page.goto("/login?next=/settings?tab=users");
    await page.getByLabel("Name").fill("admin");
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Add a user" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("alice@example.com");
    expect(await axe(page)).toEqual([]);
    await shot(page, "settings-add-user");
    await dialog.getByRole("button", { name: "Add, and make a login link" }).click();
    const href = await page.getByText(/^http.*\/login\?link=/).innerText();
    expect(await axe(page)).toEqual([]);
    await shot(page, "settings-users");

    const alice = await open();
    await alice.goto(href);
    await alice.getByRole("button", { name: "Log in with the link" }).click();
    await alice.getByRole("button", { name: "Not now" }).click();
    await alice.getByRole("heading", { name: "Events" }).waitFor();
    await alice.goto("/settings");
    await alice.getByText("viewer: sees everything, changes nothing").waitFor();
    expect(await alice.getByRole("tab", { name: "Users" }).count()).toBe(0);
    expect(await axe(alice)).toEqual([]);

    await page.getByRole("button", { name: "More about alice@example.com" }).click();
    await page.getByRole("menuitem", { name: "Keep out" }).waitFor();
    expect(await axe(page)).toEqual([]);
    await page.getByRole("menuitem", { name: "Keep out" }).click();
    await page.getByText("kept out", { exact: true }).waitFor();
    await alice.goto("/settings");
    await alice.getByRole("heading", { name: "Log in" }).waitFor();

    await page.getByLabel("Role of admin").selectOption("viewer");
    await page.getByText("`admin` is the last admin. Make another user admin first.").waitFor();
    await page.getByRole("tab", { name: "API tokens" }).click();
    await page.getByRole("button", { name: "Make a token" }).click();
    await dialog.getByLabel("Name").fill("nightly-report");
    await dialog.getByRole("button", { name: "Make the token" }).click();
    const secret = await page.getByText(/^tiercel_[\w-]{43}$/).innerText();
    const asked = await fetch(new URL("/api/v1/session", page.url()), {
      headers: { authorization: `Bearer ${secret}` },
    });
    expect(await asked.json()).toEqual({ user: "token nightly-report", role: "viewer", by: "token" });
    await page.reload();
    await page.getByText("nightly-report").waitFor();
    expect(await page.getByText(secret).count()).toBe(0);
    expect(await axe(page)).toEqual([]);
    await shot(page, "settings-tokens");
  });

  journey("settings read well in the dark and on a phone", async () => {
    const { enter, axe, shot } = traveller();
    for (const tab of ["account", "users", "tokens", "changes", "about"]) {
      const page = await enter(`/settings?tab=${tab}`, { scheme: "dark", width: 390 });
      await page.getByRole("tab", { selected: true }).waitFor();
      await page.getByLabel("Loading").first().waitFor({ state: "detached" });
      expect([tab, await axe(page)]).toEqual([tab, []]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
      await shot(page, `settings-${tab}-dark`);
    }
  });
});
