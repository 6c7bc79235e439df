/** `tiercel activity`: who did what, as a running server has it, newest first. */
import { askedList, type Column, cell, type ListFlags, type Row, second } from "./asked-list.ts";
import type { ExitCode, Io } from "./io.ts";

const columns: readonly Column[] = [
  { title: "TIME", text: (row) => second(row, "time") },
  { title: "CLUSTER", text: (row) => cell(row, "cluster") },
  { title: "USER", text: who },
  { title: "VERB", text: (row) => cell(row, "verb") },
  { title: "RESOURCE", text: what },
  { title: "NAMESPACE", text: (row) => cell(row, "namespace") },
  { title: "NAME", text: (row) => cell(row, "name") },
  { title: "CODE", text: (row) => cell(row, "code") },
  { title: "DETECTIONS", text: (row) => cell(row, "detections") },
  { title: "SOURCE IPS", text: (row) => list(row.sourceIPs), wide: true },
  { title: "USER AGENT", text: (row) => cell(row, "userAgent"), wide: true },
  { title: "URI", text: (row) => cell(row, "requestURI"), wide: true },
];

export function activity(flags: ListFlags, io: Io, stop?: AbortSignal): Promise<ExitCode> {
  return askedList("/api/v1/activities", columns, flags, io, stop);
}

function who(row: Row): string {
  const user = cell(row, "user");
  return row.impersonatedUser ? `${user} as ${cell(row, "impersonatedUser")}` : user;
}

function what(row: Row): string {
  const resource = cell(row, "resource");
  return row.subresource ? `${resource}/${cell(row, "subresource")}` : resource;
}

const list = (value: unknown): string => (Array.isArray(value) && value.length > 0 ? value.join(",") : "-");
