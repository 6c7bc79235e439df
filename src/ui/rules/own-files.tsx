/** The user's own files: which there are, what of them is not saved, and the one that is edited. */
import type { EditorState } from "@codemirror/state";
import { ActionIcon, Button, Menu, Tooltip } from "@mantine/core";
import type { RuleFile } from "../../api/rule-files/schema.ts";
import type { Definitions } from "../language/definitions.ts";
import type { LanguageWorld } from "../language/extensions.ts";
import { Empty } from "../parts/empty.tsx";
import { icons } from "../parts/icons.tsx";
import type { Mistake } from "./checking.ts";
import { Code, type Jump } from "./code.tsx";
import styles from "./editor.module.css";
import { type Edit, type Edits, isChanged } from "./edits.ts";

export interface OwnFilesProps {
  readonly names: readonly string[];
  readonly edits: Edits;
  /** Files with errors. */
  readonly errors: ReadonlySet<string>;
  readonly edit: Edit | undefined;
  readonly mayEdit: boolean;
  /** What somebody else made of it since; null: they removed it. */
  readonly theirs: RuleFile | null | undefined;
  readonly jump: Jump | undefined;
  readonly world: LanguageWorld;
  readonly definitions: Definitions;
  readonly mistakes: readonly Mistake[] | undefined;
  readonly states: Map<string, EditorState>;
  onOpen(name: string): void;
  onEdit(edit: Edit): void;
  onNew(): void;
  onSave(): void;
  onRevert(): void;
  onDelete(): void;
}

/** With many files, the open one's tab may be out of view. */
const show = (tab: HTMLButtonElement | null) => tab?.scrollIntoView({ block: "nearest", inline: "nearest" });

export function OwnFiles(props: OwnFilesProps) {
  const { names, edits, errors, edit, mayEdit, theirs, onOpen, onEdit, onNew, onSave, onRevert, onDelete } = props;
  const isDirty = edit !== undefined && isChanged(edit);
  return (
    <section className={styles.pane} aria-label="Your own files">
      <div className={styles.paneHead}>
        <div className={styles.files} role="tablist" aria-label="Your own files">
          {names.map((name) => {
            const file = edits.get(name);
            const isOpen = name === edit?.name;
            return (
              <button
                key={name}
                type="button"
                role="tab"
                aria-selected={isOpen}
                ref={isOpen ? show : undefined}
                data-errors={errors.has(name) || undefined}
                className={styles.file}
                onClick={() => onOpen(name)}
              >
                {errors.has(name) ? icons.high : null}
                {name}
                {file !== undefined && isChanged(file) ? (
                  <>
                    <span aria-hidden="true">•</span>
                    <span className="visually-hidden">, not saved</span>
                  </>
                ) : null}
                {errors.has(name) ? <span className="visually-hidden">, with errors</span> : null}
              </button>
            );
          })}
        </div>
        {mayEdit ? (
          <>
            <Tooltip label="New file">
              <ActionIcon variant="default" size={28} aria-label="New file" onClick={onNew}>
                {icons.plus}
              </ActionIcon>
            </Tooltip>
            <Button size="compact-sm" disabled={!isDirty} onClick={onSave} title="Save (Ctrl S)">
              Save…
            </Button>
            <Menu position="bottom-end">
              <Menu.Target>
                <ActionIcon variant="default" size={28} aria-label="More for this file" disabled={edit === undefined}>
                  {icons.more}
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item leftSection={icons.history} disabled={!isDirty} onClick={onRevert}>
                  Revert to what is saved
                </Menu.Item>
                <Menu.Item leftSection={icons.trash} color="red" onClick={onDelete}>
                  Delete the file
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </>
        ) : null}
      </div>
      {edit !== undefined && theirs !== undefined ? (
        <div className={styles.banner} role="status">
          {theirs === null ? "Somebody removed this file meanwhile." : "Somebody saved another version meanwhile."}
          {mayEdit && isDirty ? (
            <Button size="compact-xs" variant="default" onClick={onSave}>
              Compare
            </Button>
          ) : null}
        </div>
      ) : null}
      {edit === undefined ? (
        <Empty
          title="No file of your own yet"
          hint="Your files load after all others. They can hold rules of your own, and change what shipped rules say without touching them: an item with “override” appends to a rule or replaces a part of it."
          action={
            mayEdit ? (
              <Button size="sm" leftSection={icons.plus} onClick={onNew}>
                New file
              </Button>
            ) : undefined
          }
        />
      ) : (
        <Code
          key={edit.name}
          name={edit.name}
          text={edit.text}
          isReadOnly={!mayEdit}
          world={props.world}
          definitions={props.definitions}
          mistakes={props.mistakes}
          jump={props.jump}
          states={props.states}
          onText={(text) => {
            if (text !== edit.text) onEdit({ ...edit, text });
          }}
        />
      )}
    </section>
  );
}
