/** What arrives, as server-sent events: each item once, from the moment of asking or from where a stream broke. */
import type { Asked } from "../../domain/asked.ts";
import type { Parts } from "../parts.ts";

const pingMillis = 15_000;
/** Writes come several a second; whoever looks wants them together. */
const settleMillis = 300;
const mostItems = 500;

/**
 * Throws `BadCursor` where `Last-Event-ID` is none of ours. Ends by itself, at the latest with the next ping, once whoever
 * asked is let in no more. To somebody who reads slowly it says no more than was taken: the rest waits in the index.
 */
export async function liveStream(
  { index, onWritten, log }: Parts,
  asked: Asked,
  { request, isStillIn }: { readonly request: Request; readonly isStillIn: () => Promise<boolean> },
): Promise<Response> {
  const encoder = new TextEncoder();
  const ended = new AbortController();
  let after = request.headers.get("last-event-id") ?? (await index.arrivals(asked, undefined, 1)).next;
  await index.arrivals(asked, after, 1);
  let look = async () => {};
  const body = new ReadableStream<Uint8Array>({
    start(stream) {
      const say = (text: string) => {
        if (!ended.signal.aborted) stream.enqueue(encoder.encode(text));
      };
      const end = () => {
        if (ended.signal.aborted) return;
        ended.abort();
        stream.close();
      };
      const isFull = () => (stream.desiredSize ?? 0) <= 0;
      let timer: NodeJS.Timeout | undefined;
      let busy = false;
      let again = true;
      look = async () => {
        if (busy) return;
        busy = true;
        try {
          while (again && !isFull() && !ended.signal.aborted) {
            again = false;
            const { items, next } = await index.arrivals(asked, after, mostItems);
            if (items.length > 0) say(`event: arrivals\nid: ${next}\ndata: ${JSON.stringify({ items, next })}\n\n`);
            after = next;
            again ||= items.length === mostItems;
          }
        } catch (error) {
          log("error", "a live stream broke", error);
          end();
        } finally {
          busy = false;
        }
      };
      const ping = async () => {
        try {
          if (!(await isStillIn())) end();
          else if (!isFull()) say(": ping\n\n");
        } catch (error) {
          log("error", "a live stream broke", error);
          end();
        }
      };
      const pings = setInterval(() => void ping(), pingMillis);
      const stop = onWritten(() => {
        timer ??= setTimeout(() => {
          timer = undefined;
          again = true;
          void look();
        }, settleMillis);
      });
      ended.signal.addEventListener("abort", () => {
        clearInterval(pings);
        clearTimeout(timer);
        stop();
      });
      request.signal.addEventListener("abort", end, { once: true });
      if (request.signal.aborted) end();
      say(": here\n\n");
    },
    pull() {
      void look();
    },
    cancel() {
      ended.abort();
    },
  });
  return new Response(body, {
    headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no" },
  });
}
