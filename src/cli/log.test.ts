import { expect, test } from "vitest";
import { openLog } from "./log.ts";

const now = () => new Date("2026-03-01T12:00:00Z");

function told(format: "text" | "json") {
  const lines: string[] = [];
  const log = openLog({ level: "info", format, write: (line) => lines.push(line), now });
  log("debug", "not shown");
  log("info", 'it "runs"');
  log("error", "it broke", Object.assign(new Error("why"), { stack: "Error: why\n    at here" }));
  return lines.join("");
}

test("for machines, each line is one JSON object", () => {
  expect(told("json")).toBe(
    '{"level":"info","time":"2026-03-01T12:00:00.000Z","message":"it \\"runs\\""}\n' +
      '{"level":"error","time":"2026-03-01T12:00:00.000Z","error":"Error: why\\n    at here","message":"it broke"}\n',
  );
});

test("for people, each line reads", () => {
  expect(told("text")).toBe(
    '2026-03-01T12:00:00.000Z info  it "runs"\n' + "2026-03-01T12:00:00.000Z error it broke\nError: why\n    at here\n",
  );
});
