/** A CloudWatch Logs for tests, as far as the source asks it. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Tails } from "./tail.kit.ts";

export interface LogEvent {
  readonly eventId: string;
  readonly timestamp: number;
  readonly ingestionTime?: number;
  readonly message: string;
}

/** Answers as CloudWatch Logs does on the wire: JSON 1.1, pages, errors by `__type` (reference 03 §2.2.2). */
export class CloudWatch {
  events: LogEvent[] = [];
  /** Answered one a question before any page. */
  readonly errors: { readonly status: number; readonly type: string }[] = [];
  readonly asked: Record<string, unknown>[] = [];
  pageSize = 3;
  /** Answers everything with an error. */
  isDown = false;
  /** Who signs with this access key is told that it has expired. */
  refusedKey = "nobody's";
  /** Live tails; `tailError` is answered to who asks for one. */
  readonly tails = new Tails();
  tailError: string | undefined;
  #server: Server | undefined;

  async listen(): Promise<string> {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk) => chunks.push(chunk));
      request.on("end", () => {
        const isSpent = request.headers.authorization?.includes(`Credential=${this.refusedKey}/`);
        if (isSpent) this.errors.unshift({ status: 400, type: "ExpiredTokenException" });
        const name = String(request.headers["x-amz-target"]).split(".")[1];
        if (name === "StartLiveTail" && this.tailError === undefined) return this.tails.begin(response);
        const other = this.#other(name);
        if (other !== undefined) {
          response.writeHead(other.status, { "content-type": "application/x-amz-json-1.1" });
          return void response.end(JSON.stringify(other.body));
        }
        const { status, body } = this.#answer(JSON.parse(Buffer.concat(chunks).toString()));
        response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
        response.end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => this.#server?.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
  }

  #other(name: string | undefined): { readonly status: number; readonly body: object } | undefined {
    if (name === "StartLiveTail") return { status: 400, body: { __type: this.tailError, message: "said so" } };
    const logGroupArn = "arn:aws:logs:eu-west-1:1:log-group:/aws/eks/demo/cluster";
    const logGroups = [{ logGroupName: "/aws/eks/demo/cluster", logGroupArn, arn: `${logGroupArn}:*` }];
    return name === "DescribeLogGroups" ? { status: 200, body: { logGroups } } : undefined;
  }

  #answer(question: { startTime: number; endTime: number; nextToken?: string }) {
    this.asked.push(question);
    const error = this.isDown ? { status: 503, type: "ServiceUnavailableException" } : this.errors.shift();
    if (error) return { status: error.status, body: { __type: error.type, message: "said so" } };
    const from = Number(question.nextToken ?? 0);
    const all = this.events
      .filter(({ timestamp }) => timestamp >= question.startTime && timestamp <= question.endTime)
      .sort((a, b) => a.timestamp - b.timestamp);
    // Every second page is empty and not the last.
    const isEmpty = Number.isInteger(from) && from > 0;
    const events = isEmpty ? [] : all.slice(Math.floor(from), Math.floor(from) + this.pageSize);
    const next = isEmpty ? from + 0.5 : Math.floor(from) + this.pageSize;
    return { status: 200, body: { events, ...(next < all.length && { nextToken: String(next) }) } };
  }
}
