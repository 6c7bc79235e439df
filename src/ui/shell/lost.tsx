/** What stands where there is no page. */
import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Empty } from "../parts/empty.tsx";
import { Page } from "../parts/page.tsx";

export function Lost() {
  return (
    <Page title="There is no such page">
      <Empty
        title="Nothing is at this address"
        hint="It may be a link from another version of Tiercel."
        action={
          <Anchor component={Link} to="/">
            Go to Events
          </Anchor>
        }
      />
    </Page>
  );
}
