/** A condition or an output to be read: laid out, in the colours of the editor, without the editor. */
import { Fragment, useMemo } from "react";
import styles from "./code.module.css";
import { conditionTokens, type Names, type Token } from "./condition-tokens.ts";
import { fields } from "./docs.ts";
import { outputTokens } from "./output-tokens.ts";
import { prettyCondition } from "./pretty.ts";

export interface CodeTextProps {
  readonly text: string;
  readonly lists?: ReadonlySet<string>;
}

export function ConditionText({ text, lists }: CodeTextProps) {
  const [pretty, tokens] = useMemo(() => {
    const laidOut = prettyCondition(text);
    return [laidOut, conditionTokens(laidOut, namesWith(lists))] as const;
  }, [text, lists]);
  return <Coloured text={pretty} tokens={tokens} />;
}

export function OutputText({ text }: CodeTextProps) {
  const single = text.replace(/\s+/g, " ").trim();
  const tokens = useMemo(() => outputTokens(single, namesWith(undefined)), [single]);
  return <Coloured text={single} tokens={tokens} />;
}

/** What loaded names no macro that is not there. */
const namesWith = (lists: ReadonlySet<string> | undefined): Names => ({
  field: (name) => fields.has(name),
  macro: () => true,
  list: (name) => lists?.has(name) ?? false,
});

function Coloured({ text, tokens }: { readonly text: string; readonly tokens: readonly Token[] }) {
  return (
    <pre className={`${styles.code} ${styles.block}`}>
      {tokens.map(({ kind, from, to }, index) => (
        <Fragment key={from}>
          {text.slice(tokens[index - 1]?.to ?? 0, from)}
          <span className={`tc-${kind}`}>{text.slice(from, to)}</span>
        </Fragment>
      ))}
      {text.slice(tokens.at(-1)?.to ?? 0)}
    </pre>
  );
}
