/** What can be done with a value: filter, exclude, copy, or look around it. */
import { Menu } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useSyncExternalStore } from "react";
import { noValue } from "../../domain/asked.ts";
import { type Search, withIs, withNot, withOnly, writeFilter } from "../filter.ts";
import { icons } from "./icons.tsx";
import { tell } from "./toast.tsx";
import { type AskedValue, closeValueMenu, filteredList, valueMenu } from "./value-menu-state.ts";

const around = 15 * 60_000;

export function ValueMenu() {
  const asked = useSyncExternalStore(valueMenu.subscribe, valueMenu.current);
  if (asked === undefined) return null;
  return <OpenMenu key={`${asked.facet} ${asked.value}`} asked={asked} />;
}

function OpenMenu({ asked }: { readonly asked: AskedValue }) {
  const navigate = useNavigate();
  const { facet, value, anchor, time, cluster } = asked;
  const { left, bottom, width } = anchor.getBoundingClientRect();
  const here = filteredList();
  const filters = here?.facets.includes(facet) ? here : undefined;
  const elsewhere = asked.list ?? here?.list ?? "activities";
  const shown = value.length > 60 ? `${value.slice(0, 60)}…` : value;
  const go = (to: "/" | "/activity", search: Search) => void navigate({ to, search: search as never });
  const times = time === undefined ? {} : around_(time);
  return (
    <Menu opened onClose={closeValueMenu} position="bottom-start" offset={4} returnFocus trapFocus width={280}>
      <Menu.Target>
        <span
          aria-hidden="true"
          style={{ position: "fixed", left, top: bottom, width, height: 0, pointerEvents: "none" }}
        />
      </Menu.Target>
      <Menu.Dropdown aria-label={`What to do with ${shown}`}>
        <Menu.Label style={{ overflowWrap: "anywhere" }}>
          {facet}: {shown}
        </Menu.Label>
        {filters === undefined ? (
          <Menu.Item
            leftSection={icons.filter}
            onClick={() =>
              go(elsewhere === "detections" ? "/" : "/activity", writeFilter(withIs(none, facet, value), {}, [facet]))
            }
          >
            Show {elsewhere === "detections" ? "events" : "activity"} with this
          </Menu.Item>
        ) : (
          <>
            <Menu.Item leftSection={icons.filter} onClick={() => filters.change((one) => withIs(one, facet, value))}>
              Filter by this
            </Menu.Item>
            <Menu.Item leftSection={icons.check} onClick={() => filters.change((one) => withOnly(one, facet, value))}>
              Only this
            </Menu.Item>
            <Menu.Item leftSection={icons.exclude} onClick={() => filters.change((one) => withNot(one, facet, value))}>
              Exclude this
            </Menu.Item>
          </>
        )}
        <Menu.Item leftSection={icons.copy} onClick={() => void copy(value)}>
          Copy
        </Menu.Item>
        {facet === "user" && value !== noValue ? (
          <Menu.Item
            leftSection={icons.activity}
            onClick={() => go("/activity", { user: value, actor: [...actors], ...clusterOf(cluster), ...times })}
          >
            Everything this user did{time === undefined ? "" : " ±15 min"}
          </Menu.Item>
        ) : null}
        {facet === "sourceIP" && value !== noValue ? (
          <Menu.Item
            leftSection={icons.activity}
            onClick={() => go("/activity", { sourceIP: value, actor: [...actors], ...times })}
          >
            Everything from this address{time === undefined ? "" : " ±15 min"}
          </Menu.Item>
        ) : null}
        {facet === "rule" ? (
          <Menu.Item
            leftSection={icons.rules}
            onClick={() => void navigate({ to: "/rules", search: { rule: value } as never })}
          >
            Show the rule
          </Menu.Item>
        ) : null}
        {facet === "policy" ? (
          <Menu.Item
            leftSection={icons.shield}
            onClick={() => void navigate({ to: "/policies/$name", params: { name: value } })}
          >
            Show the policy
          </Menu.Item>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}

const none = { is: {}, not: {} };
/** All of them: the activity list leaves machines out unless it is told. */
const actors = ["human", "machine", "anonymous"];

const clusterOf = (cluster: string | undefined): Search => (cluster === undefined ? {} : { cluster });

function around_(time: string): Search {
  const at = Date.parse(time);
  return { from: new Date(at - around).toISOString(), to: new Date(at + around).toISOString() };
}

export async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    tell("Copied");
  } catch {
    tell("The browser does not let this page copy: it must be served from localhost or by https", "bad");
  }
}
