/** How the webhook answers: whole, or without having read what was sent. */
import type { IncomingMessage, ServerResponse } from "node:http";

/** A body that is not wanted is read on for so long, and so far, that its sender gets to see the answer. */
const lingerMs = 10_000;
const lingerBytes = 256 * 1024 ** 2;

export function answer(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}) {
  if (response.destroyed) return;
  write(response, status, text, headers);
  response.end();
}

/**
 * Answers without having read the body. The answer goes out at once, and what still comes is thrown away for a while:
 * closing on a sender in full flow would reset the connection, and the answer, `Retry-After` and all, would be lost.
 */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
) {
  if (response.headersSent || response.destroyed) return;
  write(response, status, text, headers);
  const waitsToContinue = request.headers.expect !== undefined && !response.writableFinished;
  if (request.complete || request.destroyed || (waitsToContinue && request.readableFlowing !== true)) {
    response.end();
    return;
  }
  let bytes = 0;
  const timer = setTimeout(() => request.socket.destroy(), lingerMs);
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > lingerBytes) request.socket.destroy();
  });
  request.once("end", () => response.end());
  request.once("close", () => clearTimeout(timer));
  request.resume();
}

function write(response: ServerResponse, status: number, text: string, headers: Record<string, string>) {
  if (response.headersSent || response.destroyed) return;
  const type = text.startsWith("{") ? "application/json" : "text/plain; charset=utf-8";
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(text), ...headers });
  if (response.req.method !== "HEAD") response.write(text);
}
