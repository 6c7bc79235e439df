/** How grave something is: a sign, a word and a colour, never the colour alone. */
import { icons } from "./icons.tsx";
import styles from "./severity.module.css";

export const grades = ["high", "medium", "low", "info"] as const;
export type Grade = (typeof grades)[number];

/** 0 to 3 high, 4 and 5 medium, 6 low, 7 info. */
export function gradeOf(severity: number): Grade {
  return severity <= 3 ? "high" : severity <= 5 ? "medium" : severity === 6 ? "low" : "info";
}

export const gradeWords: Readonly<Record<Grade, string>> = { high: "High", medium: "Medium", low: "Low", info: "Info" };

export function SeverityMark({ value, short = false }: { readonly value: number; readonly short?: boolean }) {
  const grade = gradeOf(value);
  return (
    <span className={styles.mark} data-grade={grade} title={`severity ${value}, ${gradeWords[grade].toLowerCase()}`}>
      {icons[grade]}
      {short ? <span className="visually-hidden">{gradeWords[grade]}</span> : gradeWords[grade]}
    </span>
  );
}
