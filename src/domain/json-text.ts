/** A JSON value kept as its text until somebody asks: it costs nothing to hold, and stringifies as the value it is. */
export class JsonText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  /** The plain value, so that `JSON.stringify` of whatever holds this prints the value and no string. */
  toJSON(): unknown {
    return JSON.parse(this.text);
  }
}

/** The compact text of a plain value or of a `JsonText`. */
export function jsonTextOf(value: unknown): string {
  return value instanceof JsonText ? value.text : (JSON.stringify(value) ?? "null");
}
