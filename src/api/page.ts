/** A page of a list on the wire. */
import { z } from "zod";

export const page = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item).readonly().describe("Newest first."),
    next: z.string().nullable().describe("The `cursor` of the next page; null on the last."),
  });
