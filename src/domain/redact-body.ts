/** Secrets in the objects that requests and answers carry, whole, in parts, as patches, in lists, tables and annotations. */
import { parseJson } from "./json.ts";
import type { JsonValue } from "./json-value.ts";
import { marks } from "./marks.ts";
import { isCredentialName, isSealed, redactSettings, redactText, type Seal } from "./redact-text.ts";
import { ByteValue } from "./scan/index.ts";

/** What an object is known to be: by the resource asked for, or by the kind it names. */
export interface Nature {
  readonly secret: boolean;
  readonly configMap: boolean;
}
export const plainNature: Nature = { secret: false, configMap: false };

/** What is known at a place inside a body. */
interface Place {
  readonly nature: Nature;
  /** Member names on the way: the last one. */
  readonly name: string;
  /** How many texts of JSON we are inside. */
  readonly texts: number;
  /** A table's columns. */
  readonly columns?: readonly string[];
}

/** JSON inside a string inside JSON, and so on: what lies deeper is sealed whole. */
const mostTexts = 4;
/**
 * Nobody's objects nest so deep, those of JSON in strings counted along; what lies deeper is sealed whole, so that no
 * nesting exhausts the stack and takes the event with it.
 */
export const deepestWalk = 100;
/** Down to here each part is looked at for marks before it is walked: so none is looked at more often than that. */
const deepestLook = 5;
/** From there on parts in bytes are passed over that could hold nothing at all: for so many levels. */
const deepestLooseLook = 2 * deepestLook;
/** Through these the nature of the whole reaches its parts. */
const carriers = new Set(["items", "rows", "object", "patch", "metadata", "value", "objects"]);
/** Columns of a table of Secrets that tell no value. */
const harmlessColumns = new Set(["name", "namespace", "type", "data", "age", "created at", "labels"]);
/** OpenShift puts the token itself here. */
const secretAnnotations = new Set(["openshift.io/token-secret.value"]);

/** The value as compact JSON text with every secret sealed; undefined where there is none. */
export function redactBody(value: JsonValue, nature: Nature, seal: Seal): string | undefined {
  return new Walk(seal).value(value, { nature, name: "", texts: 0 });
}

/** Annotations: of an event where `ofEvent`, whose keys then are Kubernetes' own and hold no credential by name. */
export function redactAnnotations(value: JsonValue, nature: Nature, seal: Seal, ofEvent: boolean): string | undefined {
  return new Walk(seal).annotations(value, { nature, name: "annotations", texts: 0 }, ofEvent);
}

class Walk {
  readonly #seal: Seal;
  #depth = 0;

  constructor(seal: Seal) {
    this.#seal = (secret) => (isSealed(secret) ? secret : seal(secret));
  }

  value(value: JsonValue, place: Place): string | undefined {
    if (this.#isPlain(value, place)) return undefined;
    if (value.kind === "object") return this.#deeper(value, () => this.#object(value, place));
    if (value.kind === "array") return this.#deeper(value, () => this.#array(value, place));
    return value.kind === "string" ? this.#string(value, place) : undefined;
  }

  /** What holds no mark of a secret holds none, unless what is around it says so: a part of a Secret. */
  #isPlain(value: JsonValue, { nature }: Place): boolean {
    if (nature.secret || (value.kind !== "object" && value.kind !== "array")) return false;
    if (this.#depth >= deepestLook)
      return this.#depth < deepestLooseLook && value instanceof ByteValue && value.isHarmless;
    return !((value instanceof ByteValue ? value.isMarked() : undefined) ?? marks.test(value.compact()));
  }

  #deeper(value: JsonValue, walk: () => string | undefined): string | undefined {
    if (this.#depth >= deepestWalk) return this.#sealed(value.compact());
    this.#depth++;
    const redacted = walk();
    this.#depth--;
    return redacted;
  }

  annotations(value: JsonValue, place: Place, ofEvent: boolean): string | undefined {
    if (value.kind !== "object") return this.value(value, place);
    return rebuilt(value, (key, text) => this.#annotation(key, text, place, ofEvent));
  }

  #annotation(key: string, value: JsonValue, place: Place, ofEvent: boolean): string | undefined {
    if (value.kind !== "string") return this.value(value, place);
    const text = value.text();
    if (secretAnnotations.has(key) || (!ofEvent && isCredentialName(key))) return this.#sealed(text);
    const redacted = this.#string(value, place);
    // Of a Secret, whatever says how it was applied says its values; what cannot be read goes whole.
    const tellsAll = place.nature.secret && /appl(?:y|ied)|previous|original|patch/i.test(key);
    if (tellsAll && redacted === undefined && !isReadable(text)) return this.#sealed(text);
    return redacted;
  }

  #object(object: JsonValue, { nature: outer, texts, columns, name: outerName }: Place): string | undefined {
    const kinds: string[] = [];
    let [operations, named, own] = [0, false, columns];
    const members = [...object.members()];
    for (const [name, value] of members) {
      if (name === "op" || name === "path") operations++;
      else if (name === "name") named ||= value.kind === "string" && isCredentialName(value.text());
      else if (name === "columnDefinitions") own = columnsOf(value);
      else if (name.length === 4 && name.toLowerCase() === "kind") kinds.push(value.text());
    }
    const nature: Nature = {
      secret: outer.secret || kinds.some((kind) => /^Secret(?:List)?$/i.test(kind)),
      configMap: outer.configMap || kinds.some((kind) => /^ConfigMap(?:List)?$/i.test(kind)),
    };
    const isOAuth = kinds.some((kind) => kind === "OAuthClient" || kind === "OAuthClientList");
    const isOperation = operations > 1;
    return rebuiltOf(members, (name, value) => {
      const lower = name.toLowerCase();
      if (lower === "fieldsv1" && holdsNamesOnly(value)) return undefined;
      const place: Place = { nature: carriers.has(lower) ? nature : plainNature, name, texts, columns: own };
      if (lower === "stringdata") return this.#all(value, false);
      if (nature.secret && lower === "data") return this.#all(value, true);
      if (lower === "annotations") return this.annotations(value, { ...place, nature }, false);
      if (isOperation && lower === "value") return this.#operation(object, value, { ...place, nature });
      if (nature.configMap && (lower === "data" || lower === "binarydata")) return this.#settings(value, place);
      if (nature.secret && lower === "cells") return this.#cells(value, own ?? []);
      if (isOAuth && (lower === "secret" || lower === "additionalsecrets")) return this.#all(value, false);
      const isVariable = lower === "value" && named;
      if (value.kind === "string" && (isVariable || isCredentialName(name))) {
        // A webhook of admission names its types by strings, and so does RBAC: names of names are no credentials.
        return outerName === "columnDefinitions" || value.text() === "" ? undefined : this.#sealed(value.text());
      }
      return this.value(value, place);
    });
  }

  #array(array: JsonValue, place: Place): string | undefined {
    return rebuiltList(array, (element) => this.value(element, place));
  }

  #string(value: JsonValue, { nature, name, texts }: Place): string | undefined {
    const text = value.text();
    if (/^\s*[{[]/.test(text)) {
      if (texts === mostTexts) return this.#sealed(text);
      if (!nature.secret && !marks.test(text)) return undefined;
      const inner = parseJson(text.replace(/[ \t\r\n]+$/, ""));
      if (inner.ok) {
        const redacted = this.value(inner.value, { nature, name, texts: texts + 1 });
        return redacted === undefined ? undefined : JSON.stringify(redacted);
      }
    }
    const isCommand = name === "args" || name === "command";
    const redacted = isCommand ? redactSettings(text, this.#seal) : redactText(text, this.#seal);
    return redacted === text ? undefined : JSON.stringify(redacted);
  }

  /** One operation of a JSON patch: `path` says what the value is a part of. */
  #operation(operation: JsonValue, value: JsonValue, place: Place): string | undefined {
    const path = operation.member("path")?.text() ?? "";
    const steps = path
      .split("/")
      .slice(1)
      .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
    const lower = steps.map((step) => step.toLowerCase());
    if (lower.includes("stringdata")) return this.#all(value, false);
    if (place.nature.secret && lower.includes("data")) return this.#all(value, true);
    const last = steps.at(-1) ?? "";
    if (lower.at(-2) === "annotations") return this.#annotation(last, value, place, false);
    if (lower.at(-1) === "annotations") return this.annotations(value, place, false);
    if (place.nature.configMap && lower[0] === "data" && value.kind === "string") {
      return isCredentialName(last) ? this.#sealed(value.text()) : this.#setting(value);
    }
    if (value.kind === "string" && isCredentialName(last)) return this.#sealed(value.text());
    return this.value(value, { ...place, name: last });
  }

  /** A ConfigMap's entries stay, but for those that name a credential, and such lines in the others. */
  #settings(data: JsonValue, place: Place): string | undefined {
    if (data.kind !== "object") return this.value(data, place);
    return rebuilt(data, (key, value) => {
      if (value.kind !== "string") return this.value(value, place);
      return isCredentialName(key) ? this.#sealed(value.text()) : this.#setting(value);
    });
  }

  #setting(value: JsonValue): string | undefined {
    const text = value.text();
    const asJson = this.#string(value, { nature: plainNature, name: "", texts: 1 });
    if (isReadable(text)) return asJson;
    const redacted = redactSettings(text, this.#seal);
    return redacted === text ? undefined : JSON.stringify(redacted);
  }

  #cells(cells: JsonValue, columns: readonly string[]): string | undefined {
    const texts = cells.elements().map((cell, at) => {
      const isHarmless = harmlessColumns.has((columns[at] ?? "").toLowerCase()) || cell.kind === "null";
      return isHarmless ? cell.compact() : (this.#all(cell, false) ?? cell.compact());
    });
    return cells.kind === "array" ? `[${texts.join(",")}]` : this.#all(cells, false);
  }

  /** Every value in here is secret; the names stay. */
  #all(value: JsonValue, isBase64: boolean): string | undefined {
    if (value.kind === "null") return undefined;
    if (value.kind === "object")
      return this.#deeper(value, () => rebuilt(value, (_, member) => this.#all(member, isBase64)));
    if (value.kind === "array")
      return this.#deeper(value, () => rebuiltList(value, (element) => this.#all(element, isBase64)));
    const text = value.text();
    return text === "" ? undefined : this.#sealed(isBase64 ? (base64Decoded(text) ?? text) : text, text);
  }

  /** Sealed by what it means, so that `data` and `stringData` of one value are equal. */
  #sealed(secret: string, written = secret): string {
    // So that the written form is looked for elsewhere too, where it cannot be made again from the meaning.
    if (written !== secret && base64Encoded(secret) !== written) this.#seal(written);
    return JSON.stringify(this.#seal(secret));
  }
}

/** The object's text with the members that `change` answers for replaced; undefined where it answers for none. */
export function rebuilt(
  object: JsonValue,
  change: (name: string, value: JsonValue) => string | undefined,
): string | undefined {
  return rebuiltOf([...object.members()], change);
}

function rebuiltOf(
  members: readonly (readonly [string, JsonValue])[],
  change: (name: string, value: JsonValue) => string | undefined,
): string | undefined {
  const texts = members.map(([name, value]) => change(name, value));
  if (texts.every((text) => text === undefined)) return undefined;
  return `{${members.map(([name, value], at) => `${JSON.stringify(name)}:${texts[at] ?? value.compact()}`).join(",")}}`;
}

/** The same for an array and its elements. */
export function rebuiltList(array: JsonValue, change: (value: JsonValue) => string | undefined): string | undefined {
  const elements = array.elements();
  const texts = elements.map(change);
  if (texts.every((text) => text === undefined)) return undefined;
  return `[${elements.map((element, at) => texts[at] ?? element.compact()).join(",")}]`;
}

/** The text that base64 stands for, bytes that are no UTF-8 as Latin-1; undefined for what is no base64. */
export function base64Decoded(text: string): string | undefined {
  const compact = text.replace(/\s/g, "");
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return undefined;
  const latin1 = atob(compact);
  const bytes = Uint8Array.from(latin1, (character) => character.charCodeAt(0));
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return latin1;
    throw error;
  }
}

/** Base64 of the text's UTF-8. */
export function base64Encoded(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const parts: string[] = [];
  // Whole groups of three at a time: a character at a time takes seconds for the largest texts.
  for (let at = 0; at < bytes.length; at += 0x3000)
    parts.push(btoa(String.fromCharCode(...bytes.subarray(at, at + 0x3000))));
  return parts.join("");
}

function columnsOf(definitions: JsonValue): readonly string[] {
  return definitions.elements().map((column) => column.member("name")?.text() ?? "");
}

/** What managedFields consist of, thousands of names and no value. */
function holdsNamesOnly(value: JsonValue): boolean {
  return !/(?<!\\)":(?!\{)/.test(value.compact());
}

function isReadable(text: string): boolean {
  return /^\s*[{[]/.test(text) && parseJson(text).ok;
}
