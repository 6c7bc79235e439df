/** Settings: oneself, who gets in, what was changed, and what runs here. */
import { Tabs } from "@mantine/core";
import { useLocation, useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Page } from "../parts/page.tsx";
import { useMay } from "../session.ts";
import { About } from "./about.tsx";
import { Account } from "./account.tsx";
import { Changes } from "./changes.tsx";
import { Tokens } from "./tokens.tsx";
import { Users } from "./users.tsx";

interface Tab {
  readonly key: string;
  readonly label: string;
  readonly isAdmins?: true;
  readonly content: () => ReactNode;
}

const tabs: readonly Tab[] = [
  { key: "account", label: "My account", content: () => <Account /> },
  { key: "users", label: "Users", isAdmins: true, content: () => <Users /> },
  { key: "tokens", label: "API tokens", isAdmins: true, content: () => <Tokens /> },
  { key: "changes", label: "Changes", content: () => <Changes /> },
  { key: "about", label: "About", content: () => <About /> },
];

export default function SettingsPage() {
  const { tab } = useLocation().search as { readonly tab?: string };
  const navigate = useNavigate();
  const isAdmin = useMay("admin");
  const shown = tabs.filter(({ isAdmins }) => isAdmins === undefined || isAdmin);
  const current = shown.find(({ key }) => key === tab) ?? shown[0];
  const go = (key: string | null) =>
    void navigate({ to: "/settings", search: (key === "account" ? {} : { tab: key }) as never });
  return (
    <Page title="Settings">
      <Tabs value={current?.key ?? "account"} onChange={go} keepMounted={false}>
        <Tabs.List mb="md" aria-label="Settings">
          {shown.map(({ key, label }) => (
            <Tabs.Tab key={key} value={key}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {shown.map(({ key, content }) => (
          <Tabs.Panel key={key} value={key}>
            {content()}
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}
