/** Questions about activities: none waits for the database, and nobody waits long for one. */
import { setImmediate } from "node:timers/promises";
import type { Activity } from "../../domain/activity.ts";
import type { ActivityFilter, ActivityQuery, FacetWish, Page } from "../../domain/asked.ts";
import type { Activities } from "./activities/activities.ts";
import * as answers from "./activities/answers.ts";
import { histogram } from "./activities/bars.ts";
import { facets } from "./activities/facets.ts";
import { momentOfNanos, Question } from "./activities/question.ts";
import type { Seen } from "./activities/rows.ts";
import { cursorOf, cursor as cursorText, mostItems } from "./page.ts";
import type { Arrival } from "./reading.ts";
import { bound } from "./where.ts";

/** Reading activities holds nobody else up for longer than so many milliseconds, or the reading of one block. */
const sliceMillis = 8;

export class AskedActivities {
  readonly #current: () => Activities;
  readonly #refuseClosed: () => void;
  #sliceBegan = 0;

  /** `refuseClosed` throws where the index is closed; a question that was asked before is answered still. */
  constructor(current: () => Activities, refuseClosed: () => void) {
    this.#current = current;
    this.#refuseClosed = refuseClosed;
  }

  page(query: ActivityQuery): Promise<Page<Activity>> {
    const limit = Math.min(Math.max(Math.floor(query.limit) || 1, 1), mostItems);
    return this.#ask(async (view) => {
      const { at, id } = query.cursor === undefined ? {} : cursorOf("activities", query.cursor);
      const after = at === undefined || id === undefined ? undefined : { ...momentOfNanos(at), id };
      const found = await answers.newest(view, new Question(query), limit + 1, after, this.#breathe);
      const cursor = ({ micros, nanos, id }: answers.Place) =>
        cursorText("activities", `${BigInt(micros) * 1000n + BigInt(nanos)}`, id);
      return answers.pageOf(found, limit, cursor, this.#breathe);
    });
  }

  find(id: string): Promise<Activity | undefined> {
    return this.#ask(async (_, activities) => activities.find(id.toWellFormed()));
  }

  count(filter: ActivityFilter) {
    return this.#ask((view) => answers.count(view, new Question(filter), this.#breathe));
  }

  facets(filter: ActivityFilter, wishes: readonly FacetWish[]) {
    return this.#ask((view, { values }) => facets(view, new Question(filter), wishes, values, this.#breathe));
  }

  histogram(filter: ActivityFilter, stretches: number) {
    const range = {
      from: filter.from === undefined ? undefined : bound(filter.from, "from"),
      to: filter.to === undefined ? undefined : bound(filter.to, "to"),
    };
    return this.#ask((view, { values }) =>
      histogram(view, new Question(filter), range, stretches, values.outcome, this.#breathe),
    );
  }

  /** Those written after the one named, up to a position of the journal, oldest first. */
  arrived(filter: ActivityFilter, after: Arrival, position: number, limit: number) {
    return this.#ask((view) => answers.arrivals(view, new Question(filter), after, position, limit, this.#breathe));
  }

  async #ask<T>(work: (view: readonly Seen[], activities: Activities) => Promise<T>): Promise<T> {
    this.#refuseClosed();
    await this.#breathe();
    const activities = this.#current();
    return activities.asking((view) => work(view, activities));
  }

  /** All questions share one slice, so that many small ones do not keep others out either. */
  readonly #breathe = (): Promise<void> | undefined => {
    if (performance.now() - this.#sliceBegan < sliceMillis) return undefined;
    return setImmediate().then(() => {
      this.#sliceBegan = performance.now();
    });
  };
}
