/** Questions from one thread to another, and their answers: functions that answer promises, called through a port. */
import type { MessagePort } from "node:worker_threads";
import { UsageError } from "../io.ts";

/** What can be called: plain data in, plain data out. */
export type Answers = Readonly<Record<string, (...args: never[]) => Promise<unknown>>>;

export interface Asking<Of extends Answers> {
  ask<Name extends keyof Of & string>(name: Name, ...args: Parameters<Of[Name]>): ReturnType<Of[Name]>;
  /** Takes a message; false where it is no answer. */
  heard(message: unknown): boolean;
  /** Nobody answers any more: what is asked, and what has been, rejects with this. */
  fail(error: Error): void;
}

type Question = { readonly asked: number; readonly name: string; readonly args: readonly unknown[] };
type Answer = { readonly answers: number; readonly value?: unknown; readonly error?: ToldError };

/** An error as it travels: what the operator can mend stays what it is. */
export interface ToldError {
  readonly message: string;
  readonly stack?: string;
  readonly usage?: { readonly help: string | undefined };
}

type Post = (message: unknown) => void;

export function asking<Of extends Answers>(post: Post): Asking<Of> {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let asked = 0;
  let failed: Error | undefined;
  return {
    ask(name, ...args) {
      const answer = Promise.withResolvers<unknown>();
      if (failed) answer.reject(failed);
      else {
        waiting.set(++asked, answer);
        post({ asked, name, args } satisfies Question);
      }
      return answer.promise as ReturnType<Of[typeof name]>;
    },
    heard(message) {
      if (!isAnswer(message)) return false;
      const answer = waiting.get(message.answers);
      waiting.delete(message.answers);
      if (message.error) answer?.reject(errorOf(message.error));
      else answer?.resolve(message.value);
      return true;
    },
    fail(error) {
      failed ??= error;
      for (const { reject } of waiting.values()) reject(failed);
      waiting.clear();
    },
  };
}

/** Answers what is asked through a port. `moved`: memory of an answer that goes over to who asked, instead of a copy. */
export function answering(
  port: Pick<MessagePort, "postMessage" | "on">,
  answers: Answers,
  moved: (value: unknown) => ArrayBuffer[],
): void {
  port.on("message", async (message: Question) => {
    const { asked, name, args } = message;
    try {
      const value = await answers[name]?.(...(args as never[]));
      port.postMessage({ answers: asked, value } satisfies Answer, moved(value));
    } catch (error) {
      port.postMessage({ answers: asked, error: toldError(error) } satisfies Answer);
    }
  });
}

export function toldError(error: unknown): ToldError {
  if (error instanceof UsageError) return { message: error.message, usage: { help: error.help } };
  return error instanceof Error ? { message: error.message, stack: error.stack } : { message: String(error) };
}

export function errorOf({ message, stack, usage }: ToldError): Error {
  if (usage) return new UsageError(message, usage.help);
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}

function isAnswer(message: unknown): message is Answer {
  return typeof message === "object" && message !== null && "answers" in message;
}
