/** The fields that a rule's output names, each value to be clicked. */
import { Menu, Text } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { Fragment } from "react";
import type { Detection } from "../../domain/detection.ts";
import { icons } from "../parts/icons.tsx";
import { Value } from "../parts/value.tsx";
import { copy } from "../parts/value-menu.tsx";
import { filteredList } from "../parts/value-menu-state.ts";
import styles from "./detail.module.css";
import { facetOfField, fieldTexts } from "./field-facets.ts";

export function OutputFields({ detection }: { readonly detection: Detection }) {
  const fields = Object.entries(detection.fields);
  if (fields.length === 0)
    return (
      <Text size="sm" c="dimmed">
        The rule's output names no field.
      </Text>
    );
  return (
    <dl className={styles.fields}>
      {fields.map(([field, value]) => {
        const texts = fieldTexts(value);
        return (
          <div key={field}>
            <dt>
              <Dotted name={field} />
            </dt>
            <dd>
              {texts.length === 0 ? <span className={styles.none}>none</span> : null}
              {texts.map((text, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a list may hold a value twice
                <FieldValue key={at} field={field} text={text} detection={detection} />
              ))}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

/** A name that is broken behind its dots where it must be. */
function Dotted({ name }: { readonly name: string }) {
  return name.split(".").map((part, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a name may hold a part twice
    <Fragment key={at}>
      {at > 0 ? (
        <>
          .<wbr />
        </>
      ) : null}
      {part}
    </Fragment>
  ));
}

interface FieldValueProps {
  readonly field: string;
  readonly text: string;
  readonly detection: Detection;
}

function FieldValue({ field, text, detection: { time, cluster } }: FieldValueProps) {
  const facet = facetOfField(field);
  if (facet === undefined) return <TextValue field={field} text={text} />;
  return (
    <Value facet={facet.facet} value={text} list={facet.list} time={time} cluster={cluster}>
      {text}
    </Value>
  );
}

/** Of a field that lists are not filtered by: its value can be searched in what they say. */
function TextValue({ field, text }: { readonly field: string; readonly text: string }) {
  const navigate = useNavigate();
  const search = () => {
    const list = filteredList();
    if (list !== undefined) list.change((filter) => ({ ...filter, text }));
    else void navigate({ to: "/", search: { text } as never });
  };
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <button type="button" className={styles.value} title={text}>
          {text}
        </button>
      </Menu.Target>
      <Menu.Dropdown aria-label={`What to do with ${text.slice(0, 60)}`}>
        <Menu.Label>{field}</Menu.Label>
        <Menu.Item leftSection={icons.search} onClick={search}>
          Search for this text
        </Menu.Item>
        <Menu.Item leftSection={icons.copy} onClick={() => void copy(text)}>
          Copy
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
