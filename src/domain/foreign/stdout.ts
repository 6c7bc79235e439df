/** What stands beside audit events where an API server writes them to its output (`--audit-log-path=-`, reference 04 §3.1). */
import type { JsonValue } from "../json-value.ts";
import { type Layer, textAt } from "./layer.ts";

/** Its own log, in klog's form: `I1123 20:14:41.000000       1 httplog.go:132] "HTTP" …`. */
const klog = /^[IWEF]\d{4} \d{2}:\d{2}:\d{2}\.\d+\s+\d+ [^\s\]]+:\d+\]/;

/** A container runtime's mark before each line: `2026-11-23T20:14:41.000000000Z stdout F …` (the CRI's log format). */
const runtimeMark = /^\d{4}-\d{2}-\d{2}T\S+ (?:stdout|stderr) ([FP])(?::\S+)? /;

/** Undefined for what is no such line. */
export function stdoutLayer(text: string): Layer | undefined {
  const line = text.trim();
  if (klog.test(line)) return { kind: "ignored", reason: "a line of an API server's own log" };
  const [mark, part] = runtimeMark.exec(line) ?? [];
  if (mark === undefined) return undefined;
  if (part === "F") return { kind: "text", text: line.slice(mark.length) };
  return { kind: "rejected", reason: "a piece of a line that a container runtime has split", raw: line };
}

/** A line in Docker's json-file format: `{"log":"…\n","stream":"stdout","time":"…"}`. */
export function isContainerLine(value: JsonValue): boolean {
  return textAt(value, "log") !== undefined && /^std(?:out|err)$/.test(textAt(value, "stream") ?? "");
}

export const containerLineLayer = (value: JsonValue): Layer => ({ kind: "text", text: textAt(value, "log") ?? "" });
