/** Log files, put to what every source promises. */
import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourceContract } from "../source.contract.ts";
import { logFile } from "./index.ts";

sourceContract({
  kind: logFile,
  cluster: "prod",
  answersWhenKept: false,
  mostWaiting: 1,
  isExact: true,
  wrong: [
    [{ path: "" }, "path: "],
    [{ begin: "middle" }, "begin: "],
    [{ poll_interval_secs: 0 }, "poll_interval_secs: "],
  ],
  async place() {
    const folder = await mkdtemp(join(tmpdir(), "tiercel-log-"));
    const path = join(folder, "audit.log");
    return {
      options: { path, cluster: "prod", poll_interval_secs: 0.01, batch_bytes: 1024 },
      put: (events) => appendFile(path, `${events.join("\n")}\n`),
      close: () => rm(folder, { recursive: true }),
    };
  },
});
