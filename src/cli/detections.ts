/** `tiercel detections`: what a running server has detected, newest first. */
import { askedList, type Column, cell, type ListFlags, second } from "./asked-list.ts";
import type { ExitCode, Io } from "./io.ts";

const columns: readonly Column[] = [
  { title: "TIME", text: (row) => second(row, "time") },
  { title: "PRIORITY", text: (row) => cell(row, "priority") },
  { title: "CLUSTER", text: (row) => cell(row, "cluster") },
  { title: "RULE", text: (row) => cell(row, "rule") },
  { title: "USER", text: (row) => cell(row, "user") },
  { title: "VERB", text: (row) => cell(row, "verb"), wide: true },
  { title: "RESOURCE", text: (row) => cell(row, "resource"), wide: true },
  { title: "NAMESPACE", text: (row) => cell(row, "namespace") },
  { title: "NAME", text: (row) => cell(row, "name") },
  { title: "ID", text: (row) => cell(row, "id"), wide: true },
  { title: "OUTPUT", text: (row) => cell(row, "output"), wide: true },
];

export function detections(flags: ListFlags, io: Io, stop?: AbortSignal): Promise<ExitCode> {
  return askedList("/api/v1/detections", columns, flags, io, stop);
}
