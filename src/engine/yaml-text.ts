/** Texts as YAML scalars that every reader of YAML takes for the same texts, numbers and `true` included. */

const plain = /^[A-Za-z_/][\w/.@+-]*(?: [\w/.@+-]+)*$/;
const taken = /^(?:true|false|yes|no|on|off|y|n|null)$/i;
/** What may not stand in a file, or not be seen there. */
const special = /[\p{Cc}\u2028\u2029\ufeff\ufffe\uffff]|\p{Cs}/u;

/** Fits in a block and between brackets alike; never longer than a line. */
export function yamlText(text: string): string {
  if (plain.test(text) && !taken.test(text)) return text;
  if (special.test(text)) return escaped(text);
  return /["\\]/.test(text) ? `'${text.replaceAll("'", "''")}'` : `"${text}"`;
}

function escaped(text: string): string {
  return JSON.stringify(text).replace(
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
