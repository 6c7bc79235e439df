/** What Pub/Sub pushes: a message in its envelope, or, by the subscription's wish, a message's data bare. */
import type { IncomingHttpHeaders } from "node:http";

export interface Pushed {
  readonly data: Buffer;
  /** The subscription's short name, where it is told. */
  readonly subscription?: string;
}

/** cloud.google.com/pubsub/docs/payload-unwrapping. What is no envelope is data, and the decoder says what it is. */
export function pushedOf(body: Buffer, headers: IncomingHttpHeaders): Pushed {
  const { message, subscription } = envelopeOf(body);
  const named = shortName(subscription ?? headers["x-goog-pubsub-subscription-name"]);
  const data = typeof message?.data === "string" ? Buffer.from(message.data, "base64") : body;
  return { data, ...(named !== undefined && { subscription: named }) };
}

interface Envelope {
  readonly message?: { readonly data?: unknown } | null;
  readonly subscription?: unknown;
}

function envelopeOf(body: Buffer): Envelope {
  // A log entry holds no `message`; most bare ones are known by that without being parsed.
  if (!body.includes('"message"')) return {};
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

function shortName(name: unknown): string | undefined {
  return typeof name === "string" ? name.slice(name.lastIndexOf("/") + 1) || undefined : undefined;
}
