/** Oneself: the password, and being logged in elsewhere. */
import { Button, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { send } from "../api.ts";
import { NewPassword } from "../login/new-password.tsx";
import { forgetAnswers } from "../login/use-entry.ts";
import { Confirm } from "../parts/confirm.tsx";
import { tell } from "../parts/toast.tsx";
import { sessionQuery, useSession } from "../session.ts";
import { roleWords } from "./roles.ts";
import { Section } from "./section.tsx";

export function Account() {
  const session = useSession();
  const queries = useQueryClient();
  if (!session) return null;
  const { way } = session;
  return (
    <>
      <Section title={session.user} hint={`${session.role}: ${roleWords[session.role]}`} />
      <Section
        title="Password"
        hint={way === "oidc" ? "Your identity provider keeps your password: change it there." : undefined}
      >
        {way === "oidc" || session.by === "token" ? null : (
          <div style={{ maxWidth: 380 }}>
            <NewPassword
              user={session.user}
              asksCurrent={way !== "link"}
              action="Change the password"
              onSet={(entered) => {
                queries.setQueryData(sessionQuery.queryKey, entered);
                tell("Your password is changed; you are logged out everywhere else.", "good");
              }}
            />
          </div>
        )}
      </Section>
      <Everywhere />
    </>
  );
}

function Everywhere() {
  const [asks, setAsks] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const queries = useQueryClient();
  const navigate = useNavigate();
  async function leave() {
    setBusy(true);
    try {
      await send("DELETE", "session/all");
      await navigate({ to: "/login" });
      forgetAnswers(queries);
      queries.setQueryData(sessionQuery.queryKey, null);
    } catch (error) {
      tell(error instanceof Error ? error.message : String(error), "bad");
    } finally {
      setBusy(false);
      setAsks(false);
    }
  }
  return (
    <Section title="Sessions">
      <Text size="sm" mb="xs">
        Ends every session of yours, in every browser, this one too.
      </Text>
      <Button variant="default" size="sm" onClick={() => setAsks(true)}>
        Log out everywhere
      </Button>
      <Confirm
        opened={asks}
        title="Log out everywhere?"
        action="Log out everywhere"
        busy={isBusy}
        onConfirm={() => void leave()}
        onClose={() => setAsks(false)}
      >
        You will log in again here and wherever else you are.
      </Confirm>
    </Section>
  );
}
