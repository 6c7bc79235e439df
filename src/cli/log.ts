/** What a server tells its operator, line by line on stderr: text on a terminal, JSON for machines. */
import pino, { type DestinationStream } from "pino";

export type LogLevel = "debug" | "info" | "warn" | "error";

export type Log = (level: LogLevel, message: string, error?: unknown) => void;

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: "text" | "json";
  readonly write: (text: string) => void;
  readonly now?: () => Date;
}

/** Lines hold what we put into words, and a bug's stack; never a header, a body or a secret. */
export function openLog({ level, format, write, now = () => new Date() }: LogOptions): Log {
  const destination: DestinationStream = { write: format === "json" ? write : (line) => write(textLine(line)) };
  const logger = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${now().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      messageKey: "message",
    },
    destination,
  );
  return (level, message, error) => {
    if (error === undefined) logger[level](message);
    else logger[level]({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }, message);
  };
}

function textLine(line: string): string {
  const { time, level, message, error } = JSON.parse(line) as Readonly<Record<string, string | undefined>>;
  const detail = error === undefined ? "" : `\n${error}`;
  return `${time} ${level?.padEnd(5)} ${message}${detail}\n`;
}
