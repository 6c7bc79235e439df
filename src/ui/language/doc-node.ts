/** What is known of a word, drawn for a tooltip. */
import styles from "./code.module.css";
import type { Doc } from "./docs.ts";

export function docNode({ title, kind, words, facts, code, where }: Doc): HTMLElement {
  const node = element("div", styles.doc);
  const head = element("div", styles.docHead, title);
  head.append(element("small", undefined, kind));
  node.append(head);
  if (words !== "") node.append(element("p", undefined, words));
  if (facts.length > 0) {
    const list = element("dl");
    for (const [name, fact] of facts) list.append(element("dt", undefined, name), element("dd", undefined, fact));
    node.append(list);
  }
  if (code !== undefined && code !== "") node.append(element("pre", undefined, code));
  if (where !== undefined) node.append(element("small", undefined, `${where.file}:${where.line} — F12 goes there`));
  return node;
}

function element(name: string, className?: string, text?: string): HTMLElement {
  const made = document.createElement(name);
  if (className !== undefined) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}
