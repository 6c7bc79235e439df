/** Back-tests: begun, asked for, broken off. */
import { z } from "zod";
import { endpoint } from "../endpoint.ts";
import { RequestFailure } from "../failure.ts";
import { Backtest, BacktestBody, NoQuery, StartedBacktest } from "./schema.ts";

const path = "/api/v1/backtests/:id";
const gone = () =>
  new RequestFailure("not_found", "there is no such back-test", "they are kept for an hour: begin another");

export const backtestEndpoints = [
  endpoint({
    method: "POST",
    path: "/api/v1/backtests",
    operation: "startBacktest",
    doc: "Judges the events of the last days by the rules as they are and as they would be, each rule for itself: with `matching: first` an event that another rule matches before makes no detection of this one, but counts here all the same. Policies have no part in it.",
    role: "editor",
    query: NoQuery,
    body: BacktestBody,
    answer: StartedBacktest,
    respond: async ({ backtests }, { body }) => {
      const id = await backtests.start(body);
      return Response.json({ id }, { status: 202 });
    },
  }),
  endpoint({
    method: "GET",
    path,
    operation: "backtest",
    doc: "A back-test, as far as it has come.",
    role: "viewer",
    query: NoQuery,
    answer: Backtest,
    respond: async ({ backtests }, { params: { id = "" } }) => {
      const found = backtests.get(id);
      if (found === undefined) throw gone();
      return found;
    },
  }),
  endpoint({
    method: "DELETE",
    path,
    operation: "cancelBacktest",
    doc: "Breaks a back-test off. What it found so far can still be asked for.",
    role: "editor",
    query: NoQuery,
    answer: z.null(),
    respond: async ({ backtests }, { params: { id = "" } }) => {
      if (!backtests.cancel(id)) throw gone();
      return new Response(null, { status: 204 });
    },
  }),
];
