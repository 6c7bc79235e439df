/** Two texts' difference, drawn: signs as well as colours. */
import { useMemo } from "react";
import styles from "./diff.module.css";
import { diffWithContext } from "./line-diff.ts";

export interface LineDiffProps {
  readonly before: string;
  readonly after: string;
  readonly label: string;
}

const signs = { same: " ", added: "+", removed: "−", gap: " " };
const words = { same: "", added: "added: ", removed: "removed: ", gap: "" };

export function LineDiff({ before, after, label }: LineDiffProps) {
  const lines = useMemo(() => diffWithContext(before, after), [before, after]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section className={styles.diff} aria-label={label} tabIndex={0}>
      <div className={styles.lines}>
        {lines.map(({ kind, text, number }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines may be the same
          <div key={at} className={styles.line} data-kind={kind}>
            <span className={styles.number}>{number === 0 ? "" : number}</span>
            <span className={styles.sign} aria-hidden="true">
              {signs[kind]}
            </span>
            <span className="visually-hidden">{words[kind]}</span>
            <code>{text}</code>
          </div>
        ))}
      </div>
    </section>
  );
}
