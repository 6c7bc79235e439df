/** A CloudWatch Logs' live tail for tests: Amazon's event stream frames, by hand. */
import type { ServerResponse } from "node:http";
import { crc32 } from "node:zlib";

/** Prelude, headers, payload, each with its CRC: smithy.io, Amazon event stream specification. */
function frame(headers: Readonly<Record<string, string>>, payload: object): Buffer {
  const told = Buffer.concat(
    Object.entries(headers).map(([name, value]) => {
      const size = Buffer.alloc(3);
      size.writeUInt8(7, 0);
      size.writeUInt16BE(Buffer.byteLength(value), 1);
      return Buffer.concat([Buffer.from([Buffer.byteLength(name)]), Buffer.from(name), size, Buffer.from(value)]);
    }),
  );
  const body = Buffer.from(JSON.stringify(payload));
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(16 + told.length + body.length, 0);
  prelude.writeUInt32BE(told.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const all = Buffer.concat([prelude, told, body]);
  const end = Buffer.alloc(4);
  end.writeUInt32BE(crc32(all), 0);
  return Buffer.concat([all, end]);
}

/** The sessions that are open. */
export class Tails {
  readonly #open = new Set<ServerResponse>();

  begin(response: ServerResponse): void {
    response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
    this.#open.add(response);
    response.on("close", () => this.#open.delete(response));
    response.write(event("initial-response", {}));
    response.write(event("sessionStart", { sessionId: "s-1" }));
  }

  get count(): number {
    return this.#open.size;
  }

  show(sessionResults: readonly object[], sampled = false): void {
    for (const one of this.#open) one.write(event("sessionUpdate", { sessionMetadata: { sampled }, sessionResults }));
  }

  /** As after three hours. */
  timeOut(): void {
    const headers = { ":message-type": "exception", ":exception-type": "SessionTimeoutException" };
    const last = frame({ ...headers, ":content-type": "application/json" }, { message: "over" });
    for (const one of this.#open) one.end(last);
    this.#open.clear();
  }

  /** The line breaks. */
  tear(): void {
    for (const one of this.#open) one.destroy();
    this.#open.clear();
  }
}

function event(type: string, payload: object): Buffer {
  return frame({ ":message-type": "event", ":event-type": type, ":content-type": "application/json" }, payload);
}
