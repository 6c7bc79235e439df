/** Which sessions, and whose: the first things to choose in the list of them. */
import { NativeSelect } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { Search } from "../filter.ts";
import { WhoSwitch } from "./who-switch.tsx";

const kinds = [
  { value: "", label: "All kinds" },
  { value: "pods/exec", label: "Commands" },
  { value: "pods/attach", label: "Attaches" },
  { value: "pods/portforward", label: "Port-forwards" },
  { value: "proxy", label: "Through the proxy" },
];
const proxies = ["pods/proxy", "services/proxy", "nodes/proxy"];

export function SessionTools() {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const chosen = search.resource === undefined ? [] : [search.resource].flat();
  const value = chosen.length > 0 && chosen.every((one) => proxies.includes(one)) ? "proxy" : (chosen[0] ?? "");
  return (
    <>
      <NativeSelect
        size="xs"
        aria-label="Kind of session"
        data={kinds}
        value={value}
        onChange={({ currentTarget }) => {
          const next = currentTarget.value;
          void navigate({
            to: ".",
            search: ((former: Search) => {
              const { resource: _, sel: _sel, ...rest } = former;
              return next === "" ? rest : { ...rest, resource: next === "proxy" ? proxies : next };
            }) as never,
          });
        }}
      />
      <WhoSwitch />
    </>
  );
}
