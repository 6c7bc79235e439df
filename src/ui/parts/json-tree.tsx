/** A JSON value as a tree: folds, searches, copies; by mouse and by keys alike. */
import { ActionIcon, Group, Text, TextInput, Tooltip } from "@mantine/core";
import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import { icons } from "./icons.tsx";
import { type JsonRow, jsonRows, matchesOf, openAtFirst, parentOf, usualChildren } from "./json-rows.ts";
import styles from "./json-tree.module.css";
import { copy } from "./value-menu.tsx";

export interface JsonTreeProps {
  readonly value: unknown;
  /** What the tree is called by who hears it. */
  readonly label: string;
}

const longest = 160;

export function JsonTree({ value, label }: JsonTreeProps) {
  const [open, setOpen] = useState(() => openAtFirst(value));
  const [shown, setShown] = useState<ReadonlyMap<string, number>>(new Map());
  const [long, setLong] = useState<ReadonlySet<string>>(new Set());
  const [query, setQuery] = useState("");
  const [active, setActive] = useState("");
  const tree = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => jsonRows(value, { open, shown, query }), [value, open, shown, query]);
  const matches = useMemo(() => matchesOf(value, query), [value, query]);
  const current = rows.some(({ path }) => path === active) ? active : "";

  const focus = (row: JsonRow | undefined) => {
    if (row === undefined) return;
    setActive(row.path);
    tree.current?.querySelector<HTMLElement>(`[data-path="${CSS.escape(row.path)}"]`)?.focus();
  };
  const act = (row: JsonRow) => {
    if (row.kind === "more") {
      const parent = parentOf(row.path);
      setShown(new Map([...shown, [parent, (shown.get(parent) ?? usualChildren) + 10 * usualChildren]]));
    } else if (isBranch(row)) setOpen(toggled(open, row.path));
    else if (row.text.length > longest) setLong(toggled(long, row.path));
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = rows.findIndex(({ path }) => path === current);
    const row = rows[at];
    if (row === undefined) return;
    const keys: Readonly<Record<string, () => void>> = {
      ArrowDown: () => focus(rows[at + 1]),
      ArrowUp: () => focus(rows[at - 1]),
      Home: () => focus(rows[0]),
      End: () => focus(rows.at(-1)),
      ArrowRight: () => (isBranch(row) && !row.isOpen ? act(row) : focus(rows[at + 1])),
      ArrowLeft: () => (row.isOpen ? act(row) : focus(rows.find(({ path }) => path === parentOf(row.path)))),
      Enter: () => act(row),
      " ": () => act(row),
      c: () => void copy(copied(row)),
      p: () => void copy(row.path),
    };
    const key = keys[event.key];
    if (key === undefined) return;
    // The page's own keys would step to the next event.
    event.preventDefault();
    event.stopPropagation();
    key();
  };
  return (
    <div>
      <Group gap="xs" mb={6} wrap="nowrap">
        <TextInput
          size="xs"
          flex={1}
          aria-label={`Search in ${label}`}
          placeholder="Search names and values"
          leftSection={icons.search}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
        />
        <Text size="xs" c="dimmed" role="status">
          {query.trim() === "" ? "" : `${matches} found`}
        </Text>
        <Tooltip label="Copy the whole as JSON">
          <ActionIcon
            variant="default"
            size={30}
            aria-label={`Copy ${label} as JSON`}
            onClick={() => void copy(JSON.stringify(value, null, 2))}
          >
            {icons.copy}
          </ActionIcon>
        </Tooltip>
      </Group>
      <div ref={tree} role="tree" aria-label={label} className={styles.tree}>
        {rows.map((row) => (
          <div
            key={row.path}
            role="treeitem"
            aria-level={row.depth + 1}
            aria-expanded={isBranch(row) ? row.isOpen : undefined}
            aria-selected={row.path === current}
            tabIndex={row.path === current ? 0 : -1}
            data-path={row.path}
            className={styles.row}
            style={{ paddingLeft: 4 + row.depth * 14 }}
            onFocus={() => setActive(row.path)}
            onClick={() => act(row)}
            onKeyDown={onKey}
          >
            <Row row={row} query={query} isLong={long.has(row.path)} />
          </div>
        ))}
      </div>
      <Text size="xs" c="dimmed" mt={4}>
        Arrows move and fold, <b>c</b> copies the value, <b>p</b> its path.
      </Text>
    </div>
  );
}

const isBranch = ({ kind, text }: JsonRow) => (kind === "object" || kind === "array") && text !== "{}" && text !== "[]";

function Row({ row, query, isLong }: { readonly row: JsonRow; readonly query: string; readonly isLong: boolean }) {
  const { name, kind, text, path } = row;
  if (kind === "more") return <span className={styles.more}>{text}…</span>;
  const isCut = !isLong && text.length > longest;
  return (
    <>
      <span className={styles.sign}>
        {isBranch(row) ? (row.isOpen ? icons.chevronDown : icons.chevronRight) : null}
      </span>
      <span className={styles.content}>
        {name === undefined ? null : (
          <>
            <span className={styles.name}>
              <Marked text={name} query={query} />
            </span>
            <span className={styles.colon}>: </span>
          </>
        )}
        <span className={styles.value} data-kind={kind}>
          <Marked text={isCut ? text.slice(0, longest) : text} query={query} />
          {isCut ? <span className={styles.more}>… {text.length - longest} more</span> : null}
        </span>
      </span>
      <span className={styles.acts}>
        <button
          type="button"
          tabIndex={-1}
          title="Copy the value (c)"
          aria-label="Copy the value"
          onClick={(event) => {
            event.stopPropagation();
            void copy(copied(row));
          }}
        >
          {icons.copy}
        </button>
        <button
          type="button"
          tabIndex={-1}
          title={`Copy the path ${path} (p)`}
          aria-label="Copy the path"
          onClick={(event) => {
            event.stopPropagation();
            void copy(path);
          }}
        >
          {icons.link}
        </button>
      </span>
    </>
  );
}

/** A text as it is, anything else as JSON. */
const copied = ({ value }: JsonRow): string => (typeof value === "string" ? value : JSON.stringify(value, null, 2));

function Marked({ text, query }: { readonly text: string; readonly query: string }) {
  const wanted = query.trim().toLowerCase();
  const at = wanted === "" ? -1 : text.toLowerCase().indexOf(wanted);
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, at + wanted.length)}</mark>
      {text.slice(at + wanted.length)}
    </>
  );
}

function toggled(set: ReadonlySet<string>, path: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(path)) next.add(path);
  return next;
}
