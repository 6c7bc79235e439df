/** One line on a terminal that says how far long work is; nothing where stderr is no terminal. */
import type { Io } from "./io.ts";

const everyMillis = 200;

export class Progress {
  readonly #io: Io;
  readonly #total: number | undefined;
  readonly #on: boolean;
  readonly #began: number;
  #bytes = 0;
  #next: number;
  #shown = false;

  /** `total` in bytes, where it is known. */
  constructor(io: Io, total: number | undefined, wanted: boolean) {
    this.#io = io;
    this.#total = total;
    this.#on = wanted && io.stderr.isTTY;
    this.#began = this.#on ? io.now().getTime() : 0;
    this.#next = this.#began + everyMillis;
  }

  read(bytes: number): void {
    this.#bytes += bytes;
  }

  async show(events: bigint, alerts: number): Promise<void> {
    if (!this.#on) return;
    const now = this.#io.now().getTime();
    if (now < this.#next) return;
    this.#next = now + everyMillis;
    const seconds = (now - this.#began) / 1000;
    const share = this.#total ? ` of ${inBytes(this.#total)} (${percent(this.#bytes, this.#total)})` : "";
    const rate = `${inBytes(this.#bytes / seconds)}/s, ${Math.round(Number(events) / seconds).toLocaleString("en")} events/s`;
    const left = this.#total ? timeLeft((seconds * (this.#total - this.#bytes)) / this.#bytes) : "";
    const line = `${inBytes(this.#bytes)}${share}${left}, ${events.toLocaleString("en")} events, ${alerts.toLocaleString("en")} alerts, ${rate}`;
    await this.#io.stderr.write(`\r\x1b[2K${line.slice(0, this.#io.stderr.columns - 1)}`);
    this.#shown = true;
  }

  /** Does something else on the terminal, out of the line's way. */
  async aside(what: () => Promise<void>): Promise<void> {
    await this.end();
    await what();
  }

  /** Wipes the line. */
  async end(): Promise<void> {
    if (!this.#shown) return;
    this.#shown = false;
    await this.#io.stderr.write("\r\x1b[2K");
  }
}

/** `, 3 min left`; nothing where it is not known yet, or nearly over. */
function timeLeft(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 1) return "";
  if (seconds < 100) return `, ${Math.round(seconds)} s left`;
  if (seconds < 100 * 60) return `, ${Math.round(seconds / 60)} min left`;
  return `, ${(seconds / 3600).toFixed(1)} h left`;
}

const percent = (part: number, whole: number): string => `${Math.min(100, Math.floor((100 * part) / whole))} %`;

/** In the unit that leaves few digits: `1.2 GB`. */
export function inBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
