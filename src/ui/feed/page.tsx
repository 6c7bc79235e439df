/** Events: what was detected, one by one or grouped, newest first. */
import { SegmentedControl } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { Search } from "../filter.ts";
import { ListPage } from "../parts/list-page.tsx";
import { groupedKind } from "./grouped.tsx";
import { singleKind } from "./single.tsx";

export default function FeedPage() {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const view = search.view === "groups" ? "groups" : "single";
  const tools = (
    <SegmentedControl
      size="xs"
      aria-label="View"
      value={view}
      onChange={(next) =>
        void navigate({
          to: ".",
          search: ((former: Search) => ({
            ...former,
            view: next === "groups" ? next : undefined,
            sel: undefined,
            live: undefined,
          })) as never,
        })
      }
      data={[
        { value: "single", label: "One by one" },
        { value: "groups", label: "Grouped" },
      ]}
    />
  );
  return view === "groups" ? (
    <ListPage key="groups" kind={{ ...groupedKind, tools }} />
  ) : (
    <ListPage key="single" kind={{ ...singleKind, tools }} />
  );
}
