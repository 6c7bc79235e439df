/** A condition's tree: each part true or false, each check with what it read, the deciding ones marked. */
import { useMemo, useState } from "react";
import type { Branch, CheckExplained, Explanation } from "../../engine/explain.ts";
import { icons } from "../parts/icons.tsx";
import styles from "./explanation.module.css";
import { decidingChecks, gist, isOpenAtFirst, parted, readText } from "./folding.ts";

export interface ExplanationTreeProps {
  readonly explanation: Explanation;
  /** What the tree is called by who hears it. */
  readonly label: string;
}

export function ExplanationTree({ explanation, label }: ExplanationTreeProps) {
  const deciding = useMemo(() => decidingChecks(explanation), [explanation]);
  return (
    <ul className={styles.tree} aria-label={label}>
      <Part node={explanation} deciding={deciding} depth={0} />
    </ul>
  );
}

interface PartProps<Node> {
  readonly node: Node;
  readonly deciding: ReadonlySet<Explanation>;
  readonly depth: number;
}

function Part({ node, ...rest }: PartProps<Explanation>) {
  return node.kind === "check" ? <Check node={node} {...rest} /> : <BranchPart node={node} {...rest} />;
}

const words = { and: "all of", or: "any of", not: "not" };

function BranchPart({ node, deciding, depth }: PartProps<Branch>) {
  const [open, setOpen] = useState(() => isOpenAtFirst(node, deciding, depth));
  const [all, setAll] = useState(false);
  const { seen, aside } = parted(node);
  return (
    <li>
      <button type="button" className={styles.branch} aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? icons.chevronDown : icons.chevronRight}
        <Truth holds={node.holds} />
        {node.macro === undefined ? null : <b className={styles.macro}>{node.macro}</b>}
        <span className={styles.word}>{words[node.kind]}</span>
        {open ? null : <span className={styles.gist}>{gist(node, deciding)}</span>}
      </button>
      {open ? (
        <ul className={styles.children}>
          {seen.map((child, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a condition have no names
            <Part key={at} node={child} deciding={deciding} depth={depth + 1} />
          ))}
          {aside.length > 0 ? (
            <li>
              <button type="button" className={styles.aside} aria-expanded={all} onClick={() => setAll(!all)}>
                {all ? icons.chevronDown : icons.chevronRight}
                {aside.length} {aside[0]?.holds ? "that hold" : "that do not hold"}, without a part in it
              </button>
              {all ? (
                <ul className={styles.children}>
                  {aside.map((child, at) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a condition have no names
                    <Part key={at} node={child} deciding={deciding} depth={depth + 1} />
                  ))}
                </ul>
              ) : null}
            </li>
          ) : null}
        </ul>
      ) : null}
    </li>
  );
}

function Check({ node, deciding }: PartProps<CheckExplained>) {
  const isDeciding = deciding.has(node);
  return (
    <li className={styles.check} data-deciding={isDeciding || undefined}>
      <div className={styles.line}>
        <Truth holds={node.holds} />
        <span className={styles.said}>
          {node.macro === undefined ? null : <b className={styles.macro}>{node.macro}</b>}
          <Long text={node.text} className={styles.code} />
          {isDeciding ? <span className="visually-hidden"> (decided)</span> : null}
          {node.values.map((value) => (
            <Long key={value.field} text={readText(value)} className={styles.read} />
          ))}
        </span>
      </div>
    </li>
  );
}

/** A sign, a word and a colour. */
function Truth({ holds }: { readonly holds: boolean }) {
  return (
    <span className={styles.truth} data-holds={holds}>
      {holds ? icons.check : icons.cross}
      {holds ? "true" : "false"}
    </span>
  );
}

const most = 180;

function Long({ text, className }: { readonly text: string; readonly className: string | undefined }) {
  const [whole, setWhole] = useState(false);
  if (text.length <= most + 20) return <span className={className}>{text}</span>;
  return (
    <span className={className}>
      {whole ? text : `${text.slice(0, most)}… `}
      <button type="button" className={styles.more} onClick={() => setWhole(!whole)}>
        {whole ? "less" : `${text.length - most} more`}
      </button>
    </span>
  );
}
