/** A match that says what it says when it is asked: who counts matches need not pay for their messages. */
import type { About } from "../../fields/field.ts";
import type { LoadedRule, Match } from "../contract.ts";
import { matchOf } from "../ruleset.ts";

export class LazyMatch<E> implements Match<E> {
  readonly rule: LoadedRule<E>;
  readonly #event: E;
  readonly #about: About;
  #said: Match<E> | undefined;

  constructor(rule: LoadedRule<E>, event: E, about: About) {
    this.rule = rule;
    this.#event = event;
    this.#about = about;
  }

  get message(): string {
    return this.#whole().message;
  }

  get fields(): ReadonlyMap<string, unknown> {
    return this.#whole().fields;
  }

  #whole(): Match<E> {
    this.#said ??= matchOf(this.rule, this.#event, this.#about);
    return this.#said;
  }
}
