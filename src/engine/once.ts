/** Answers about the last event, kept so that all rules together ask only once. */
import type { About } from "../fields/field.ts";

type Question<E, A> = (event: E, about: About) => A;

/** Asks again only for another event. */
export function once<E, A>(ask: Question<E, A>): Question<E, A> {
  let lastEvent: E | undefined;
  let lastAbout: About | undefined;
  let answer: A;
  return (event, about) => {
    if (event !== lastEvent || about !== lastAbout) {
      answer = ask(event, about);
      lastEvent = event;
      lastAbout = about;
    }
    return answer;
  };
}

/** Beyond so many, those planned later share nothing with those planned before: rules may be edited for ever. */
const most = 10_000;

/** Questions that several rules ask about the same thing, by their words; forgotten together with that thing. */
export class Shared {
  readonly #about = new WeakMap<object, Map<string, unknown>>();

  /** The one question of these words. `ask` must be the same for the same words. */
  question<E, A>(thing: object, words: string, ask: Question<E, A>): Question<E, A> {
    let known = this.#about.get(thing);
    if (!known || known.size >= most) {
      known = new Map();
      this.#about.set(thing, known);
    }
    const question = (known.get(words) as Question<E, A> | undefined) ?? once(ask);
    known.set(words, question);
    return question;
  }
}
