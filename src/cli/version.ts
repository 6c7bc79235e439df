/** Which Tiercel this is: what package.json says, beside `src/` and `dist/` alike. */
import { readFileSync } from "node:fs";

const { version: told } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  readonly version: string;
};

export const version = told;
