/** What is wrong in the files, with the remedy; a click goes there. */
import { Text } from "@mantine/core";
import { icons } from "../parts/icons.tsx";
import type { Mistake } from "./checking.ts";
import styles from "./editor.module.css";

export interface ProblemsProps {
  readonly mistakes: readonly Mistake[] | undefined;
  onGo(mistake: Mistake): void;
}

export function Problems({ mistakes, onGo }: ProblemsProps) {
  if (mistakes === undefined) return <p className={styles.quiet}>The rules are being checked…</p>;
  if (mistakes.length === 0)
    return <p className={styles.quiet}>Nothing is wrong: all files load as they stand here.</p>;
  return (
    <ul className={styles.problems}>
      {mistakes.map((mistake) => {
        const { file, line, from, code, severity, message, help } = mistake;
        return (
          <li key={`${file}:${from}:${code}:${message}`}>
            <button type="button" className={styles.problem} data-severity={severity} onClick={() => onGo(mistake)}>
              {severity === "error" ? icons.high : icons.medium}
              <span className="visually-hidden">{severity}: </span>
              <span className={styles.problemWords}>
                <Text span size="sm">
                  {message}
                </Text>
                {help === undefined ? null : (
                  <Text span size="xs" c="dimmed">
                    {help}
                  </Text>
                )}
              </span>
              <span className={`mono ${styles.problemPlace}`}>
                {file.split("/").at(-1)}:{line}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
