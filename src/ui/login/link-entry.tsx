/** Coming by a link. It is used up only when somebody says so: what looks at links ahead must not use them. */
import { Button, Stack } from "@mantine/core";
import { useState } from "react";
import { send } from "../api.ts";
import type { Session } from "../session.ts";
import { Frame } from "./frame.tsx";
import { Trouble, troubleOf } from "./trouble.tsx";

export interface LinkEntryProps {
  readonly token: string;
  onEntered(session: Session): void;
  onOther(): void;
}

export function LinkEntry({ token, onEntered, onOther }: LinkEntryProps) {
  const [trouble, setTrouble] = useState<readonly [string, string | undefined]>();
  const [isBusy, setBusy] = useState(false);

  async function enter() {
    setBusy(true);
    setTrouble(undefined);
    try {
      onEntered((await send<Session>("POST", "session/link", { token })).data);
    } catch (error) {
      setTrouble(troubleOf(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Frame title="You have a login link" hint="It lets you in once. Then you choose a password for the next time.">
      <Stack gap="sm">
        <Trouble words={trouble} />
        <Button loading={isBusy} onClick={() => void enter()} autoFocus>
          Log in with the link
        </Button>
        <Button variant="subtle" size="compact-sm" onClick={onOther}>
          Log in another way
        </Button>
      </Stack>
    </Frame>
  );
}
