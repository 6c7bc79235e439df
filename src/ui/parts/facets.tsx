/** What there is, with how often: a click narrows the list. */
import { ActionIcon, TextInput, Tooltip } from "@mantine/core";
import { useState } from "react";
import { type FacetValue, noValue } from "../../domain/asked.ts";
import { type Filter, withIs, withNot, withOnly, without } from "../filter.ts";
import { countText } from "../times.ts";
import styles from "./facets.module.css";
import { icons } from "./icons.tsx";

export interface FacetKind {
  readonly facet: string;
  readonly title: string;
  /** How a value is called; itself unless told. */
  readonly word?: (value: string) => string;
  /** Closed until somebody opens it. */
  readonly folded?: true;
}

export interface FacetsProps {
  readonly kinds: readonly FacetKind[];
  readonly filter: Filter;
  /** By facet; undefined while it is asked for. */
  readonly values: Readonly<Record<string, readonly FacetValue[]>> | undefined;
  onChange(filter: Filter): void;
  /** Which facets are open, and what is looked for in one. */
  readonly open: ReadonlySet<string>;
  onToggle(facet: string): void;
  readonly searched: Readonly<Record<string, string>>;
  onSearch(facet: string, text: string): void;
}

export const facetLimit = 8;

export function Facets({ kinds, open, onToggle, ...rest }: FacetsProps) {
  return (
    <div className={styles.facets}>
      {kinds.map((kind) => (
        <section key={kind.facet} className={styles.facet}>
          <h2 className={styles.title}>
            <button
              type="button"
              aria-expanded={open.has(kind.facet)}
              onClick={() => onToggle(kind.facet)}
              className={styles.toggle}
            >
              {open.has(kind.facet) ? icons.chevronDown : icons.chevronRight}
              {kind.title}
              {(rest.filter.is[kind.facet] ?? rest.filter.not[kind.facet]) ? (
                <span className={styles.dot}>•</span>
              ) : null}
            </button>
          </h2>
          {open.has(kind.facet) ? <Values kind={kind} {...rest} /> : null}
        </section>
      ))}
    </div>
  );
}

function Values({
  kind: { facet, title, word = (value) => value },
  filter,
  values,
  onChange,
  searched,
  onSearch,
}: Omit<FacetsProps, "kinds" | "open" | "onToggle"> & { readonly kind: FacetKind }) {
  const [searches, setSearches] = useState(false);
  const counted = values?.[facet];
  const chosen = [...(filter.is[facet] ?? []), ...(filter.not[facet] ?? [])];
  const missing = chosen.filter((value) => !counted?.some((one) => one.value === value));
  const shown = [...missing.map((value) => ({ value, count: undefined })), ...(counted ?? [])];
  const most = Math.max(1, ...(counted ?? []).map(({ count }) => count));
  const isSearched = searches || searched[facet] !== undefined;
  return (
    <>
      {isSearched ? (
        <TextInput
          size="xs"
          aria-label={`Search in ${title}`}
          placeholder="Search"
          value={searched[facet] ?? ""}
          onChange={(event) => onSearch(facet, event.currentTarget.value)}
          mx={8}
          mb={4}
        />
      ) : null}
      {counted === undefined ? <div className={styles.waiting} aria-hidden="true" /> : null}
      {counted !== undefined && shown.length === 0 ? <div className={styles.none}>nothing</div> : null}
      <ul className={styles.values}>
        {shown.map(({ value, count }) => {
          const isIn = filter.is[facet]?.includes(value) ?? false;
          const isOut = filter.not[facet]?.includes(value) ?? false;
          const shownWord = value === noValue ? "none" : word(value);
          return (
            <li key={value} className={styles.value}>
              <label className={styles.choice} data-out={isOut || undefined} title={value}>
                <input
                  type="checkbox"
                  checked={isIn}
                  ref={(box) => {
                    if (box) box.indeterminate = isOut;
                  }}
                  onChange={() =>
                    onChange(isIn || isOut ? without(filter, facet, value) : withIs(filter, facet, value))
                  }
                />
                <span className={styles.word}>{shownWord}</span>
                <span className={styles.count}>{count === undefined ? "" : countText(count)}</span>
                <span className={styles.bar} style={{ width: `${((count ?? 0) / most) * 100}%` }} aria-hidden="true" />
              </label>
              <span className={styles.actions}>
                <button
                  type="button"
                  onClick={() => onChange(withOnly(filter, facet, value))}
                  aria-label={`Only ${shownWord}`}
                >
                  only
                </button>
                <button
                  type="button"
                  onClick={() => onChange(withNot(filter, facet, value))}
                  aria-label={`Exclude ${shownWord}`}
                >
                  not
                </button>
              </span>
            </li>
          );
        })}
      </ul>
      {!isSearched && (counted?.length ?? 0) >= facetLimit ? (
        <Tooltip label={`Search in ${title}`}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            ml={8}
            aria-label={`Search in ${title}`}
            onClick={() => setSearches(true)}
          >
            {icons.search}
          </ActionIcon>
        </Tooltip>
      ) : null}
    </>
  );
}
