/** A message's body, as bytes. Diagnostic settings send data; what else AMQP knows comes from others. */
import type { ReceivedEventData } from "@azure/event-hubs";

export function bodyOf({ body }: Pick<ReceivedEventData, "body">): Buffer {
  if (Buffer.isBuffer(body)) return body;
  if (body instanceof Uint8Array) return Buffer.from(body);
  // A data section in several parts.
  if (Array.isArray(body) && body.length > 0 && body.every((part) => Buffer.isBuffer(part))) return Buffer.concat(body);
  return Buffer.from(typeof body === "string" ? body : (JSON.stringify(body) ?? ""));
}
