/** The fields of an event, to choose from: each with its operator and value where it is chosen. */
import { Button, Checkbox, Select, TagsInput, Text, TextInput, Tooltip } from "@mantine/core";
import { useState } from "react";
import { icons } from "../parts/icons.tsx";
import { type Choice, isListed, withComp } from "./choices.ts";
import styles from "./exception.module.css";

export interface FieldsProps {
  readonly choices: readonly Choice[];
  onChange(field: string, change: (choice: Choice) => Choice): void;
}

const titles = {
  who: "Who",
  what: "What",
  condition: "What the rule looks at",
  output: "What the rule tells",
};
const first = ["who", "what"] as const;
const rest = ["condition", "output"] as const;

export function Fields({ choices, onChange }: FieldsProps) {
  const [all, setAll] = useState(false);
  const more = choices.filter(({ candidate, isChosen }) => rest.some((one) => one === candidate.from) && !isChosen);
  return (
    <div>
      {first.map((from) => (
        <Kind key={from} from={from} choices={choices} onChange={onChange} />
      ))}
      {all
        ? rest.map((from) => <Kind key={from} from={from} choices={choices} onChange={onChange} />)
        : rest.map((from) => (
            <Kind key={from} from={from} choices={choices.filter(({ isChosen }) => isChosen)} onChange={onChange} />
          ))}
      {!all && more.length > 0 ? (
        <Button size="compact-xs" variant="subtle" mt={4} onClick={() => setAll(true)}>
          {more.length} more fields
        </Button>
      ) : null}
    </div>
  );
}

function Kind({ from, choices, onChange }: FieldsProps & { readonly from: Choice["candidate"]["from"] }) {
  const own = choices.filter(({ candidate }) => candidate.from === from);
  if (own.length === 0) return null;
  return (
    <fieldset className={styles.kind}>
      <legend>{titles[from]}</legend>
      {own.map((choice) => (
        <FieldChoice
          key={choice.candidate.field}
          choice={choice}
          onChange={(change) => onChange(choice.candidate.field, change)}
        />
      ))}
    </fieldset>
  );
}

interface FieldChoiceProps {
  readonly choice: Choice;
  onChange(change: (choice: Choice) => Choice): void;
}

function FieldChoice({ choice, onChange }: FieldChoiceProps) {
  const { candidate, isChosen, comp, value } = choice;
  const { field, doc, comps, trust, falcoHas } = candidate;
  const shown = [candidate.value].flat().join(", ");
  return (
    <div className={styles.choice} data-chosen={isChosen || undefined}>
      <div className={styles.choiceHead}>
        <Checkbox
          size="xs"
          checked={isChosen}
          onChange={(event) => {
            const checked = event.currentTarget.checked;
            onChange((one) => ({ ...one, isChosen: checked }));
          }}
          label={<span className="mono">{field}</span>}
          classNames={{ label: styles.label }}
        />
        <Tooltip label={doc}>
          <span className={styles.doc} role="img" aria-label={doc}>
            {icons.info}
          </span>
        </Tooltip>
        {trust === "client" ? (
          <Tooltip label="Whoever sends the request chooses this: an exception that goes by it alone can be walked through">
            <span className={styles.client}>{icons.warning} chosen by the client</span>
          </Tooltip>
        ) : null}
        {falcoHas ? null : <span className={styles.own}>not in Falco</span>}
        {isChosen ? null : (
          <Text size="xs" c="dimmed" className={styles.shown} title={shown}>
            {shown}
          </Text>
        )}
      </div>
      {isChosen ? (
        <div className={styles.choiceBody}>
          <Select
            size="xs"
            aria-label={`How ${field} is compared`}
            data={[...comps]}
            value={comp}
            allowDeselect={false}
            onChange={(next) => onChange((one) => withComp(one, next ?? comp))}
            w={112}
          />
          {isListed(comp) ? (
            <TagsInput
              size="xs"
              flex={1}
              aria-label={`Values of ${field}`}
              value={[value].flat()}
              onChange={(next) => onChange((one) => ({ ...one, value: next }))}
              splitChars={[]}
              clearButtonProps={{ "aria-label": "Clear" }}
            />
          ) : (
            <TextInput
              size="xs"
              flex={1}
              aria-label={`Value of ${field}`}
              value={[value].flat()[0] ?? ""}
              error={[value].flat()[0] === "" ? "a value is missing" : undefined}
              onChange={(event) => {
                const next = event.currentTarget.value;
                onChange((one) => ({ ...one, value: next }));
              }}
            />
          )}
        </div>
      ) : null}
    </div>
  );
}
