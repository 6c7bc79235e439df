/** Making an exception of a rule from an event: by which fields, what is written, what it would have done, saved. */
import { Alert, Autocomplete, Button, Modal, SegmentedControl, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue, useMediaQuery } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import type { RuleFile, SavedRuleFile } from "../../api/rule-files/schema.ts";
import type { Detection } from "../../domain/detection.ts";
import type { WrittenException } from "../../engine/exception-yaml.ts";
import { ApiFailure, send } from "../api.ts";
import { useDecide } from "../detail/triage.tsx";
import { Empty } from "../parts/empty.tsx";
import { icons } from "../parts/icons.tsx";
import { Problem } from "../parts/problem.tsx";
import { ruleFilesQuery } from "../rule-files.ts";
import { type Choice, changed, choicesOf, wishedFields, wordsOf } from "./choices.ts";
import { LineDiff } from "./diff.tsx";
import { EffectOnHistory } from "./effect.tsx";
import styles from "./exception.module.css";
import { Fields } from "./fields.tsx";
import { type Beginning, beginning, outlook, written } from "./proposal.ts";
import { useBacktest } from "./use-backtest.ts";

export interface ExceptionDialogProps {
  readonly detection: Detection;
  /** The audit event, redacted. */
  readonly event: unknown;
  onClose(): void;
}

export default function ExceptionDialog({ detection, event, onClose }: ExceptionDialogProps) {
  const files = useQuery(ruleFilesQuery);
  const isNarrow = useMediaQuery("(max-width: 640px)", false, { getInitialValueInEffect: false });
  const begun = useMemo(
    () => (files.data === undefined ? undefined : (beginning(files.data.items, detection.rule, event) ?? null)),
    [files.data, detection.rule, event],
  );
  return (
    <Modal
      opened
      onClose={onClose}
      size={1040}
      fullScreen={isNarrow}
      title={
        <Text fw={600} span>
          Make an exception: {detection.rule}
        </Text>
      }
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {files.error ? (
        <Problem error={files.error} retry={files.refetch} />
      ) : files.data === undefined || begun === undefined ? (
        <Skeleton height={260} />
      ) : begun === null ? (
        <Empty
          title="There is no rule to make an exception of"
          hint={`No rule that is loaded is called “${detection.rule}”: it was renamed or removed since.`}
        />
      ) : (
        <Form detection={detection} event={event} files={files.data.items} begun={begun} onClose={onClose} />
      )}
    </Modal>
  );
}

interface FormProps extends ExceptionDialogProps {
  readonly files: readonly RuleFile[];
  readonly begun: Beginning;
}

function Form({ detection, event, files, begun, onClose }: FormProps) {
  const { rule } = detection;
  const queries = useQueryClient();
  const [choices, setChoices] = useState<readonly Choice[]>(() => choicesOf(begun.candidates));
  const [name, setName] = useState("");
  const [file, setFile] = useState(begun.file);
  const [days, setDays] = useState(7);
  const fields = useMemo(() => wishedFields(choices), [choices]);
  const exception = useMemo(() => written(files, { rule, name, fields, file }), [files, rule, name, fields, file]);
  const former = files.find((one) => one.own && one.name === file);
  const fileProblem = problemOfName(file, files);
  const isReady = exception.problem === undefined && fileProblem === undefined;

  // Loading all rules takes a while: not at every letter.
  const [settled] = useDebouncedValue(exception, 300);
  const seen = useMemo(
    () => (settled.problem ? undefined : outlook(files, { name: file, text: settled.text }, rule, event)),
    [files, file, settled, rule, event],
  );
  const run = useBacktest();
  const save = useMutation({
    mutationFn: async () => {
      await send<SavedRuleFile>(
        "PUT",
        `rule-files/${encodeURIComponent(file)}`,
        { text: exception.text },
        former === undefined ? { isNew: true } : { etag: former.etag },
      );
      return { file, exception: exception.name };
    },
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["rule-files"] });
      void queries.invalidateQueries({ queryKey: ["rules"] });
    },
  });
  if (save.data !== undefined) return <Saved detection={detection} {...save.data} onClose={onClose} />;
  return (
    <>
      <div className={styles.columns}>
        <Stack gap="sm">
          <Text size="sm">
            {fields.length === 0
              ? "Choose what the exception goes by."
              : `The rule shall not match where ${wordsOf(fields)}.`}
          </Text>
          <Fields choices={choices} onChange={(field, change) => setChoices((all) => changed(all, field, change))} />
        </Stack>
        <Stack gap="sm">
          <Warnings exception={exception} />
          <Preview exception={exception} before={former?.text ?? ""} file={file} isNew={former === undefined} />
          {seen === undefined ? null : (
            <div className={styles.outlook} data-good={!seen.matches && seen.errors.length === 0} role="status">
              {seen.matches || seen.errors.length > 0 ? icons.cross : icons.check}
              <span>
                {seen.errors.length > 0
                  ? `The file would have errors: ${seen.errors.map(({ message }) => message).join("; ")}`
                  : seen.matches
                    ? "The rule would still match this event: the exception does not cover it."
                    : "The rule would no longer match this event."}
              </span>
            </div>
          )}
          <Autocomplete
            size="xs"
            label="Into the rules file"
            description={former === undefined ? "It will be a new file of your own" : "One of your own files"}
            data={[...new Set([begun.file, ...files.filter((one) => one.own).map((one) => one.name)])]}
            value={file}
            onChange={setFile}
            error={fileProblem}
          />
          <TextInput
            size="xs"
            label="Name of the exception"
            placeholder={exception.name}
            value={name}
            onChange={(change) => setName(change.currentTarget.value)}
          />
        </Stack>
      </div>
      <Stack gap="sm" mt="md">
        <EffectOnHistory
          run={run}
          days={days}
          onDays={setDays}
          rule={rule}
          file={isReady ? { name: file, text: exception.text } : undefined}
        />
        {save.error ? (
          <Refused
            error={save.error}
            onReload={() => {
              void queries.refetchQueries({ queryKey: ruleFilesQuery.queryKey }).then(() => save.reset());
            }}
          />
        ) : null}
      </Stack>
      <div className={styles.foot}>
        <Button variant="default" size="xs" onClick={onClose}>
          Cancel
        </Button>
        <Button
          size="xs"
          disabled={!isReady || (seen?.errors.length ?? 0) > 0}
          loading={save.isPending}
          onClick={() => save.mutate()}
        >
          Save to {file}
        </Button>
      </div>
    </>
  );
}

/** Why a file of this name cannot be written; undefined where it can. */
function problemOfName(name: string, files: readonly RuleFile[]): string | undefined {
  if (!/\.ya?ml$/.test(name)) return "it must end in .yaml";
  if (/[/\\]/.test(name) || name.startsWith(".")) return "a plain name, without folders";
  return files.some((file) => !file.own && file.name === name) ? "this one is not yours: take another name" : undefined;
}

function Warnings({ exception: { warnings, problem } }: { readonly exception: WrittenException }) {
  const told = problem ? [problem] : warnings;
  return told.map(({ code, message, help }) => (
    <Alert
      key={code}
      p="xs"
      variant="light"
      role={problem ? "alert" : "status"}
      color={problem ? "red" : "orange"}
      icon={icons.warning}
      styles={{ message: { color: "var(--mantine-color-text)" } }}
    >
      <Text size="xs" fw={600}>
        <Told text={message} />
      </Text>
      {help === undefined ? null : (
        <Text size="xs">
          <Told text={help} />
        </Text>
      )}
    </Alert>
  ));
}

/** A diagnostic's words as a sentence, what stands between backticks as code. */
function Told({ text }: { readonly text: string }) {
  const words = text.charAt(0).toUpperCase() + text.slice(1);
  return (
    <>
      {words.split("`").map((part, at) =>
        at % 2 === 1 ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence have no names
          <span key={at} className="mono">
            {part}
          </span>
        ) : (
          part
        ),
      )}
      .
    </>
  );
}

interface PreviewProps {
  readonly exception: WrittenException;
  readonly before: string;
  readonly file: string;
  readonly isNew: boolean;
}

function Preview({ exception, before, file, isNew }: PreviewProps) {
  const [view, setView] = useState("yaml");
  return (
    <Stack gap={6}>
      <SegmentedControl
        size="xs"
        aria-label="What is shown"
        value={view}
        onChange={setView}
        data={[
          { value: "yaml", label: "Exception" },
          { value: "diff", label: isNew ? "New file" : `Changes in ${file}` },
        ]}
      />
      {view === "yaml" ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
        <section className={styles.yaml} aria-label="The exception, in Falco's YAML" tabIndex={0}>
          {exception.snippet || "…"}
        </section>
      ) : (
        <LineDiff before={before} after={exception.text} label={`Changes in ${file}`} />
      )}
    </Stack>
  );
}

/** A conflict can be mended by reading the file anew: the exception is then written into what stands there now. */
function Refused({ error, onReload }: { readonly error: unknown; onReload(): void }) {
  if (!(error instanceof ApiFailure)) return <Problem error={error} />;
  const diagnostics = (error.details.diagnostics ?? []) as readonly {
    readonly line: number;
    readonly message: string;
    readonly help?: string;
  }[];
  if (error.code === "conflict" || error.status === 409 || error.status === 412)
    return (
      <Alert
        color="orange"
        variant="outline"
        icon={icons.warning}
        role="alert"
        title="Somebody changed this file meanwhile"
        styles={{ title: { color: "var(--mantine-color-text)" } }}
      >
        <Text size="sm">
          Nothing was saved. Read it anew: the exception is then written into what stands there now.
        </Text>
        <Button size="compact-sm" variant="default" mt="xs" onClick={onReload}>
          Read it anew
        </Button>
      </Alert>
    );
  return (
    <>
      <Problem error={error} />
      {diagnostics.map(({ line, message, help }) => (
        <Text key={`${line} ${message}`} size="xs">
          Line {line}: {message}
          {help === undefined ? "" : ` (${help})`}
        </Text>
      ))}
    </>
  );
}

interface SavedProps {
  readonly detection: Detection;
  readonly file: string;
  /** Its name. */
  readonly exception: string;
  onClose(): void;
}

function Saved({ detection, file, exception, onClose }: SavedProps) {
  const decide = useDecide(detection.fingerprint);
  return (
    <Stack gap="sm">
      <Alert
        color="green"
        variant="light"
        icon={icons.check}
        role="status"
        title="It is live"
        styles={{ title: { color: "var(--mantine-color-text)" } }}
      >
        <Text size="sm">
          The exception <b>{exception}</b> stands in {file}, and judges from now on. What was detected before stays in
          the list.
        </Text>
      </Alert>
      <div className={styles.foot}>
        <Button
          component={Link}
          to="/rules/editor"
          search={{ file } as never}
          variant="default"
          size="xs"
          onClick={onClose}
        >
          Open {file} in the editor
        </Button>
        <Button
          variant="default"
          size="xs"
          loading={decide.isPending}
          disabled={decide.isSuccess}
          onClick={() => decide.mutate({ state: "resolved", note: `excepted by ${exception} in ${file}` })}
        >
          {decide.isSuccess ? "Resolved" : "Resolve what was detected"}
        </Button>
        <Button size="xs" onClick={onClose} data-autofocus>
          Done
        </Button>
      </div>
    </Stack>
  );
}
