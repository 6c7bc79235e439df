/** Before a file is saved: what changes, and where somebody else was quicker, both versions to choose from. */
import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { RuleFile, SavedRuleFile } from "../../api/rule-files/schema.ts";
import { ApiFailure, send } from "../api.ts";
import { opened } from "../language/line-ends.ts";
import { icons } from "../parts/icons.tsx";
import { tell } from "../parts/toast.tsx";
import { ruleFilesQuery } from "../rule-files.ts";
import type { Mistake } from "./checking.ts";
import { Compare } from "./compare.tsx";
import styles from "./editor.module.css";
import { type Edit, foreign, wholeText } from "./edits.ts";

export interface Saving {
  readonly edit: Edit;
  /** The version that stands there now, where it is another; null: none any more. */
  readonly theirs: RuleFile | null | undefined;
}

export interface SaveDialogProps {
  readonly saving: Saving;
  readonly mistakes: readonly Mistake[];
  onSaved(edit: Edit): unknown;
  onConflict(saving: Saving): void;
  /** Their version is taken, mine thrown away. */
  onTheirs(theirs: RuleFile | null): void;
  onBacktest(): void;
  onClose(): void;
}

export function SaveDialog(props: SaveDialogProps) {
  const { saving, mistakes, onSaved, onConflict, onTheirs, onBacktest, onClose } = props;
  const { edit, theirs } = saving;
  const [text, setText] = useState(edit.text);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure>();
  const queries = useQueryClient();
  const errors = text === edit.text ? mistakes.filter(({ severity }) => severity === "error") : [];
  const isConflict = theirs !== undefined;
  const before = theirs ? opened(theirs.text).text : theirs === null ? "" : edit.base;

  async function save() {
    setBusy(true);
    setFailure(undefined);
    const next = { ...edit, text };
    const etag = isConflict ? (theirs?.etag ?? null) : edit.etag;
    try {
      const path = `rule-files/${encodeURIComponent(edit.name)}`;
      const { data } = await send<SavedRuleFile>(
        "PUT",
        path,
        { text: wholeText(next) },
        etag === null ? { isNew: true } : { etag },
      );
      await onSaved({ ...next, base: text, etag: data.etag });
      tell(`${edit.name} is saved, and judges from now on.`, "good");
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      if (error.status === 409 || error.status === 412) {
        const { items } = await queries.fetchQuery({ ...ruleFilesQuery, staleTime: 0 });
        onConflict({ edit: next, theirs: foreign(next, items) });
      } else setFailure(error);
    } finally {
      setBusy(false);
    }
  }

  const title = isConflict
    ? `${edit.name}: two versions`
    : edit.etag === null
      ? `Save ${edit.name}, a new file`
      : `Save ${edit.name}`;
  return (
    <Modal opened onClose={onClose} title={title} size="min(1200px, 96vw)" closeButtonProps={{ "aria-label": "Close" }}>
      <Stack gap="sm">
        {isConflict ? (
          <Alert color="yellow" variant="light" icon={icons.warning} p="xs">
            <Text size="sm" c="var(--mantine-color-text)">
              {theirs === null
                ? "Somebody removed this file since you opened it. Saving makes it anew."
                : "Somebody saved another version since you opened yours. Theirs is on the left. Take over what you need into yours on the right, then save it."}
            </Text>
          </Alert>
        ) : null}
        <div className={styles.compare}>
          <Compare
            key={theirs?.etag ?? ""}
            before={before}
            after={edit.text}
            labels={isConflict ? ["Theirs", "Yours"] : ["As saved", "As edited"]}
            {...(isConflict ? { onText: setText } : {})}
          />
        </div>
        {errors.length > 0 ? (
          <Text size="sm" c="var(--tone-bad)" role="alert">
            {errors.length === 1 ? "There is an error in it" : `There are ${errors.length} errors in it`}:{" "}
            {errors[0]?.message}. It can be saved once that is mended.
          </Text>
        ) : null}
        {failure === undefined ? null : <Refusal failure={failure} />}
        <Group justify="space-between">
          <Button variant="subtle" size="sm" onClick={onBacktest}>
            Back-test first
          </Button>
          <Group gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            {isConflict ? (
              <Button variant="default" onClick={() => onTheirs(theirs)}>
                Take theirs
              </Button>
            ) : null}
            <Button loading={isBusy} disabled={errors.length > 0} onClick={() => void save()} data-autofocus>
              {isConflict ? "Save mine" : "Save"}
            </Button>
          </Group>
        </Group>
      </Stack>
    </Modal>
  );
}

interface WireDiagnostic {
  readonly message?: string;
  readonly line?: number;
}

function Refusal({ failure }: { readonly failure: ApiFailure }) {
  const { diagnostics } = failure.details;
  const all = Array.isArray(diagnostics) ? (diagnostics as readonly WireDiagnostic[]) : [];
  return (
    <Alert color="red" variant="outline" icon={icons.warning} role="alert" p="xs" title={failure.message}>
      {failure.help === undefined ? null : <Text size="sm">{failure.help}</Text>}
      {all.map(({ message, line }) => (
        <Text key={`${line}:${message}`} size="sm">
          {line === undefined ? "" : `line ${line}: `}
          {message}
        </Text>
      ))}
    </Alert>
  );
}
