/** An editor of one rules file. */
import { type Diagnostic, setDiagnostics } from "@codemirror/lint";
import { EditorState, StateEffect } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useEffect, useRef } from "react";
import styles from "../language/code.module.css";
import type { Definitions } from "../language/definitions.ts";
import { type LanguageWorld, rulesEditor } from "../language/extensions.ts";
import { nonce } from "../nonce.ts";
import type { Mistake } from "./checking.ts";

/** Where to go: a line from 1, or an offset. */
export interface Jump {
  readonly file: string;
  readonly line?: number;
  readonly from?: number;
  readonly to?: number;
  readonly isFocused?: boolean;
}

export interface CodeProps {
  /** The file's name. */
  readonly name: string;
  readonly text: string;
  readonly isReadOnly: boolean;
  readonly world: LanguageWorld;
  readonly definitions: Definitions;
  /** Undefined while they are looked for: the former stay. */
  readonly mistakes: readonly Mistake[] | undefined;
  readonly jump: Jump | undefined;
  /** What was undone and could be redone of each file, kept while it is out of view. */
  readonly states?: Map<string, EditorState>;
  onText?(text: string): void;
}

/** Is made anew for another file: give it the file's name as its key. */
export function Code(props: CodeProps) {
  const { name, text, isReadOnly, world, definitions, mistakes, jump, states, onText } = props;
  const holder = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const told = useRef(onText);
  told.current = onText;
  const first = useRef(text);

  useEffect(() => {
    const parent = holder.current;
    if (parent === null) return;
    const label = isReadOnly ? `${name}, to be read only` : name;
    const kept = states?.get(name);
    const extensions = [
      rulesEditor({ world, isReadOnly, label, nonce }),
      EditorView.updateListener.of(({ docChanged, state }) => {
        if (docChanged) told.current?.(state.doc.toString());
      }),
    ];
    const editor = new EditorView({ parent, state: kept ?? EditorState.create({ doc: first.current, extensions }) });
    // What was kept still tells the editor that it was kept from.
    if (kept !== undefined) editor.dispatch({ effects: StateEffect.reconfigure.of(extensions) });
    view.current = editor;
    return () => {
      states?.set(name, editor.state);
      editor.destroy();
      view.current = undefined;
    };
  }, [name, isReadOnly, world, states]);

  // What changed the text from outside: a merge, a revert, an item put in. Only the difference is changed.
  useEffect(() => {
    const editor = view.current;
    const now = editor?.state.doc.toString();
    if (editor === undefined || now === undefined || now === text) return;
    editor.dispatch({ changes: difference(now, text) });
  }, [text]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: other definitions colour other words
  useEffect(() => view.current?.dispatch({}), [definitions]);

  useEffect(() => {
    const editor = view.current;
    if (editor === undefined || mistakes === undefined) return;
    const end = editor.state.doc.length;
    const shown = mistakes.map(
      ({ from, to, severity, message, help, code }): Diagnostic => ({
        from: Math.min(from, end),
        to: Math.min(Math.max(to, from + 1), end),
        severity,
        message: help === undefined ? message : `${message}\n${help}`,
        source: code,
      }),
    );
    editor.dispatch(setDiagnostics(editor.state, shown));
  }, [mistakes]);

  useEffect(() => {
    const editor = view.current;
    if (editor === undefined || jump === undefined || jump.file !== name) return;
    const { doc } = editor.state;
    const line = doc.line(Math.min(Math.max(jump.line ?? 1, 1), doc.lines));
    const from = Math.min(jump.from ?? line.from, doc.length);
    const to = Math.min(jump.to ?? from, doc.length);
    editor.dispatch({
      selection: { anchor: from, head: to },
      effects: EditorView.scrollIntoView(from, { y: "center" }),
    });
    if (jump.isFocused !== false) editor.focus();
  }, [jump, name]);

  return <div ref={holder} className={`${styles.code} ${styles.editor}`} />;
}

/** The stretch that differs, so that cursor and undoing stay what they were elsewhere. */
function difference(before: string, after: string) {
  let from = 0;
  const most = Math.min(before.length, after.length);
  while (from < most && before[from] === after[from]) from++;
  let end = 0;
  while (end < most - from && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  return { from, to: before.length - end, insert: after.slice(from, after.length - end) };
}
