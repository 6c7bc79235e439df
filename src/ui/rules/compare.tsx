/** Two versions of a file: beside each other where there is room, else as one text with its changes marked. */
import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { useMediaQuery } from "@mantine/hooks";
import { useEffect, useRef } from "react";
import styles from "../language/code.module.css";
import { nonce } from "../nonce.ts";

export interface CompareProps {
  readonly before: string;
  readonly after: string;
  readonly labels: readonly [before: string, after: string];
  /** The second can be changed, and parts of the first taken over. */
  onText?(text: string): void;
}

export function Compare({ before, after, labels: [left, right], onText }: CompareProps) {
  const holder = useRef<HTMLDivElement>(null);
  const isNarrow = useMediaQuery("(max-width: 900px)", undefined, { getInitialValueInEffect: false });
  const told = useRef(onText);
  told.current = onText;
  const isEditable = onText !== undefined;
  const first = useRef(after);

  useEffect(() => {
    const parent = holder.current;
    if (parent === null) return;
    const common = (label: string): Extension => [
      EditorView.cspNonce.of(nonce),
      EditorState.lineSeparator.of("\n"),
      EditorView.lineWrapping,
      lineNumbers(),
      EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", tabindex: "0" }),
    ];
    const fixed: Extension = EditorState.readOnly.of(true);
    const listening = EditorView.updateListener.of(({ docChanged, state }) => {
      if (docChanged) told.current?.(state.doc.toString());
    });
    const collapseUnchanged = { margin: 3, minSize: 6 };
    const doc = first.current;
    if (isNarrow) {
      const merged = unifiedMergeView({ original: before, mergeControls: isEditable, collapseUnchanged });
      const extensions = [common(right), isEditable ? listening : fixed, merged];
      const view = new EditorView({ parent, state: EditorState.create({ doc, extensions }) });
      return () => view.destroy();
    }
    const view = new MergeView({
      parent,
      a: { doc: before, extensions: [common(left), fixed] },
      b: { doc, extensions: [common(right), isEditable ? listening : fixed] },
      collapseUnchanged,
      ...(isEditable ? { revertControls: "a-to-b" as const } : {}),
    });
    return () => view.destroy();
  }, [before, left, right, isNarrow, isEditable]);

  return <div ref={holder} className={`${styles.code} ${styles.editor}`} />;
}
