/** What arrives, as server-sent events: each item once, from the moment of asking or from where a stream broke. */
import type { Asked } from "../../domain/store.ts";
import type { Parts } from "../parts.ts";

const pingMillis = 15_000;
/** Writes come several a second; whoever looks wants them together. */
const settleMillis = 300;
const mostItems = 500;

/** Ends by itself, at the latest with the next ping, once whoever asked is let in no more. */
export function liveStream(
  { index, onWritten, log }: Parts,
  asked: Asked,
  { request, isStillIn }: { readonly request: Request; readonly isStillIn: () => Promise<boolean> },
): Response {
  const encoder = new TextEncoder();
  const ended = new AbortController();
  const body = new ReadableStream<Uint8Array>({
    async start(stream) {
      const say = (text: string) => {
        if (!ended.signal.aborted) stream.enqueue(encoder.encode(text));
      };
      const end = () => {
        if (ended.signal.aborted) return;
        ended.abort();
        stream.close();
      };
      let after = request.headers.get("last-event-id") ?? undefined;
      let timer: NodeJS.Timeout | undefined;
      let busy = false;
      let again = false;
      const look = async () => {
        if (busy) {
          again = true;
          return;
        }
        busy = true;
        try {
          do {
            again = false;
            const { items, next } = await index.arrivals(asked, after, mostItems);
            if (ended.signal.aborted) return;
            if (after !== undefined && items.length > 0)
              say(`event: arrivals\nid: ${next}\ndata: ${JSON.stringify({ items, next })}\n\n`);
            after = next;
            again ||= items.length === mostItems;
          } while (again && !ended.signal.aborted);
        } catch (error) {
          log("error", "a live stream broke", error);
          end();
        } finally {
          busy = false;
        }
      };
      const ping = async () => {
        try {
          if (await isStillIn()) say(": ping\n\n");
          else end();
        } catch (error) {
          log("error", "a live stream broke", error);
          end();
        }
      };
      const pings = setInterval(() => void ping(), pingMillis);
      const stop = onWritten(() => {
        timer ??= setTimeout(() => {
          timer = undefined;
          void look();
        }, settleMillis);
      });
      ended.signal.addEventListener("abort", () => {
        clearInterval(pings);
        clearTimeout(timer);
        stop();
      });
      request.signal.addEventListener("abort", end, { once: true });
      say(": here\n\n");
      await look();
    },
    cancel() {
      ended.abort();
    },
  });
  return new Response(body, {
    headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no" },
  });
}
