/** Changed fields: a sign, a word, the path, what stood there and what stands there now. */
import { UnstyledButton } from "@mantine/core";
import { useState } from "react";
import type { FieldChange } from "../../domain/object-diff.ts";
import { icons } from "../parts/icons.tsx";
import styles from "./activity.module.css";

const signs = { added: icons.plus, removed: icons.cross, changed: icons.edit, set: icons.edit };
const words = { added: "added", removed: "removed", changed: "changed", set: "set to" };

/** Long lists of changes are opened by those who want them. */
const shownAtFirst = 24;
const longest = 160;

export function Changes({ changes }: { readonly changes: readonly FieldChange[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? changes : changes.slice(0, shownAtFirst);
  return (
    <>
      <table className={styles.changes}>
        <tbody>
          {shown.map((change, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a patch may touch one path twice
            <tr key={`${at} ${change.path}`}>
              <td>
                <span className={styles.kind} data-kind={change.kind}>
                  {signs[change.kind]}
                  {words[change.kind]}
                </span>
              </td>
              <th scope="row" className="mono">
                {change.path}
              </th>
              <td>
                {change.before === undefined ? null : (
                  <Shown value={change.before} isOld={change.after !== undefined} />
                )}
                {change.before !== undefined && change.after !== undefined ? " → " : null}
                {change.after === undefined ? null : <Shown value={change.after} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < changes.length ? (
        <UnstyledButton fz="xs" c="blue" onClick={() => setAll(true)}>
          Show {changes.length - shown.length} more
        </UnstyledButton>
      ) : null}
    </>
  );
}

function Shown({ value, isOld = false }: { readonly value: unknown; readonly isOld?: boolean }) {
  const [open, setOpen] = useState(false);
  const text = typeof value === "string" ? value : (JSON.stringify(value, null, open ? 2 : 0) ?? "");
  const isLong = text.length > longest && !open;
  return (
    <span className={isOld ? `${styles.value} ${styles.was}` : styles.value}>
      {text === "" ? "(empty)" : isLong ? `${text.slice(0, longest)}…` : text}
      {text.length > longest || open ? (
        <>
          {" "}
          <UnstyledButton fz="xs" c="blue" onClick={() => setOpen(!open)}>
            {open ? "less" : "more"}
          </UnstyledButton>
        </>
      ) : null}
    </span>
  );
}
