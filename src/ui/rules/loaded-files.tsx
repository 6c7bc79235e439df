/** The shipped and loaded files, to be read: one at a time, and searched all at once. */
import { CloseButton, Select, TextInput } from "@mantine/core";
import { useMemo, useState } from "react";
import type { Definitions, NamedText } from "../language/definitions.ts";
import type { LanguageWorld } from "../language/extensions.ts";
import { icons } from "../parts/icons.tsx";
import type { Mistake } from "./checking.ts";
import { Code, type Jump } from "./code.tsx";
import styles from "./editor.module.css";
import { found } from "./found.ts";

export interface LoadedFilesProps {
  readonly files: readonly NamedText[];
  readonly name: string | undefined;
  readonly jump: Jump | undefined;
  readonly world: LanguageWorld;
  readonly definitions: Definitions;
  readonly mistakes: readonly Mistake[] | undefined;
  onOpen(jump: Jump): void;
}

export function LoadedFiles({ files, name, jump, world, definitions, mistakes, onOpen }: LoadedFilesProps) {
  const [words, setWords] = useState("");
  const file = files.find((one) => one.name === name) ?? files[0];
  const hits = useMemo(() => found(files, words), [files, words]);
  const own = useMemo(() => mistakes?.filter((one) => one.file === file?.name), [mistakes, file?.name]);
  return (
    <section className={styles.pane} aria-label="Shipped and loaded files">
      <div className={styles.paneHead}>
        <Select
          size="xs"
          aria-label="Shipped and loaded file"
          searchable
          allowDeselect={false}
          className={styles.grows}
          data={files.map((one) => one.name)}
          value={file?.name ?? null}
          onChange={(next) => {
            if (next !== null) onOpen({ file: next, line: 1 });
          }}
        />
        <TextInput
          size="xs"
          className={styles.grows}
          aria-label="Search in all of them"
          placeholder="Search in all"
          leftSection={icons.search}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          rightSection={
            words === "" ? null : <CloseButton size="xs" aria-label="Clear the search" onClick={() => setWords("")} />
          }
        />
      </div>
      {words.trim() === "" ? null : (
        <ul className={styles.hits} aria-label="Found">
          {hits.map(({ file: of, line, text }) => (
            <li key={`${of}:${line}`}>
              <button type="button" className={styles.hit} onClick={() => onOpen({ file: of, line, isFocused: false })}>
                <span className={`mono ${styles.hitPlace}`}>
                  {of.split("/").at(-1)}:{line}
                </span>
                <span className="mono">{text}</span>
              </button>
            </li>
          ))}
          {hits.length === 0 ? <li className={styles.quiet}>No line has all these words.</li> : null}
        </ul>
      )}
      {file === undefined ? (
        <p className={styles.quiet}>No file is loaded beside your own.</p>
      ) : (
        <Code
          key={file.name}
          name={file.name}
          text={file.text}
          isReadOnly
          world={world}
          definitions={definitions}
          mistakes={own}
          jump={jump}
        />
      )}
    </section>
  );
}
