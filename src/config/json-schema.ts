/** The configuration as JSON Schema: what editors check `tiercel.yaml` with. */
import { z } from "zod";
import { Config } from "./schema.ts";

export function configJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(Config, { io: "input" });
  return { $schema, title: "tiercel.yaml", ...schema };
}
