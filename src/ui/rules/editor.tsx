/** The rules editor: the user's own files on the left, those that came with the program on the right, what comes of them below. */
import type { EditorState } from "@codemirror/state";
import { Button, Loader } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useBlocker, useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo, useRef, useState } from "react";
import { send } from "../api.ts";
import type { Search } from "../filter.ts";
import { newFile, withItem } from "../language/snippets.ts";
import { Page } from "../parts/page.tsx";
import { Problem } from "../parts/problem.tsx";
import { tell } from "../parts/toast.tsx";
import { ruleFilesQuery } from "../rule-files.ts";
import { useMay } from "../session.ts";
import { BacktestPane } from "./backtest-pane.tsx";
import type { Jump } from "./code.tsx";
import styles from "./editor.module.css";
import { EditorConfirms } from "./editor-confirms.tsx";
import {
  asEdited,
  changedOf,
  type Edit,
  type Edits,
  editOf,
  foreign,
  isChanged,
  newEdit,
  opening,
  withEdit,
  withoutEdit,
} from "./edits.ts";
import { LoadedFiles } from "./loaded-files.tsx";
import { NewFile } from "./new-file.tsx";
import { OwnFiles } from "./own-files.tsx";
import { Problems } from "./problems.tsx";
import { rulesQuery } from "./queries.ts";
import { SaveDialog, type Saving } from "./save-dialog.tsx";
import { type Tab, Tabs } from "./tabs.tsx";
import { TestPane } from "./test-pane.tsx";
import { useAddress, useOverride, useSaveKey, useWorld } from "./use-address.ts";
import { useCheck } from "./use-check.ts";

type Below = "problems" | "test" | "backtest";
type Narrow = "own" | "loaded" | Below;

const none: readonly never[] = [];

export default function EditorPage() {
  const { data, error, isPending, refetch } = useQuery(ruleFilesQuery);
  if (error) return <Problem error={error} retry={refetch} />;
  if (isPending)
    return (
      <Page title="Rules Editor" fills>
        <div className={styles.quiet} role="status" aria-label="Loading">
          <Loader size="sm" />
        </div>
      </Page>
    );
  return <Editor files={data.items} />;
}

function Editor({ files }: { readonly files: Parameters<typeof asEdited>[0] }) {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const queries = useQueryClient();
  const mayEdit = useMay("editor");
  const isNarrow = useMediaQuery("(max-width: 900px)", undefined, { getInitialValueInEffect: false });
  const [edits, setEdits] = useState<Edits>(new Map());
  const [ownName, setOwnName] = useState<string>();
  const [loadedName, setLoadedName] = useState<string>();
  const [jump, setJump] = useState<Jump>();
  const [below, setBelow] = useState<Below | undefined>("problems");
  const [narrow, setNarrow] = useState<Narrow>("own");
  const [saving, setSaving] = useState<Saving>();
  const [asking, setAsking] = useState<"new" | "revert" | "delete">();
  const [isBusy, setBusy] = useState(false);
  const states = useRef(new Map<string, EditorState>()).current;

  const all = useMemo(() => asEdited(files, edits), [files, edits]);
  const loadedFiles = useMemo(() => all.filter(({ own }) => !own), [all]);
  const ownNames = useMemo(() => all.flatMap(({ name, own }) => (own ? [name] : [])), [all]);
  const { checker, checked, definitions, error: checkError } = useCheck(all);
  const current = ownName !== undefined && ownNames.includes(ownName) ? ownName : ownNames[0];
  const edit = current === undefined ? undefined : opening(edits, files, current);
  const changed = changedOf(edits);
  const others = edit === undefined ? undefined : foreign(edit, files);

  const goTo = useCallback(
    (to: Jump) => {
      const isOwn = ownNames.includes(to.file);
      if (isOwn) setOwnName(to.file);
      else setLoadedName(to.file);
      setNarrow(isOwn ? "own" : "loaded");
      setJump(to);
    },
    [ownNames],
  );
  const world = useWorld(definitions, goTo);

  const change = useCallback((next: Edit) => setEdits((former) => withEdit(former, next)), []);
  const startFile = useCallback(
    (name: string, text: string, at?: number) => {
      change(newEdit(name, text));
      setOwnName(name);
      setNarrow("own");
      setJump({ file: name, from: at ?? 0 });
    },
    [change],
  );

  useAddress(search, goTo, definitions);
  useOverride(search, mayEdit, (item) => {
    const target = edit ?? newEdit("overrides.yaml", "");
    const put = withItem(target.text, item);
    change({ ...target, text: put.text });
    const hole = item.indexOf("()");
    goToNew(target.name, put.at + (hole < 0 ? 0 : hole + 1));
    void navigate({ to: ".", replace: true, search: { file: target.name } as never });
  });
  function goToNew(name: string, at: number) {
    setOwnName(name);
    setNarrow("own");
    setJump({ file: name, from: at });
  }

  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current: from, next }) => changed.length > 0 && from.pathname !== next.pathname,
    enableBeforeUnload: () => changed.length > 0,
    withResolver: true,
  });

  const errors = useMemo(
    () => new Set((checked?.mistakes ?? none).filter(({ severity }) => severity === "error").map(({ file }) => file)),
    [checked],
  );
  const ownMistakes = useMemo(() => {
    const text = all.find(({ name }) => name === current)?.text;
    const seen = checked?.files.find(({ name }) => name === current)?.text;
    return text === seen ? checked?.mistakes.filter(({ file }) => file === current) : undefined;
  }, [current, checked, all]);

  const askToSave = useCallback(() => {
    if (edit !== undefined && mayEdit && isChanged(edit)) setSaving({ edit, theirs: foreign(edit, files) });
  }, [edit, mayEdit, files]);
  useSaveKey(askToSave);

  async function settled(next: Edit | undefined, name: string) {
    await queries.invalidateQueries({ queryKey: ruleFilesQuery.queryKey });
    await queries.invalidateQueries({ queryKey: rulesQuery.queryKey });
    setEdits((former) => (next === undefined ? withoutEdit(former, name) : withEdit(former, next)));
    setSaving(undefined);
  }

  async function remove(of: Edit) {
    setBusy(true);
    try {
      // Somebody else may have removed it before.
      if (of.etag !== null && others !== null)
        await send("DELETE", `rule-files/${encodeURIComponent(of.name)}`, undefined, { etag: of.etag });
      states.delete(of.name);
      await settled(undefined, of.name);
      tell(`${of.name} is removed: its rules judge no more.`, "good");
    } catch (failure) {
      tell(failure instanceof Error ? failure.message : String(failure), "bad");
    } finally {
      setBusy(false);
      setAsking(undefined);
    }
  }

  const own = (
    <OwnFiles
      names={ownNames}
      edits={edits}
      errors={errors}
      edit={edit}
      mayEdit={mayEdit}
      theirs={others}
      jump={jump}
      world={world}
      definitions={definitions}
      mistakes={ownMistakes}
      states={states}
      onOpen={(name) => {
        setOwnName(name);
        void navigate({ to: ".", replace: true, search: { file: name } as never });
      }}
      onEdit={change}
      onNew={() => setAsking("new")}
      onSave={askToSave}
      onRevert={() => setAsking("revert")}
      onDelete={() => setAsking("delete")}
    />
  );
  const loaded = (
    <LoadedFiles
      files={loadedFiles}
      name={loadedName}
      jump={jump}
      world={world}
      definitions={definitions}
      mistakes={checked?.mistakes}
      onOpen={goTo}
    />
  );
  const count = checked?.mistakes.length ?? 0;
  const belowTabs: readonly Tab<Below>[] = [
    { value: "problems", label: "Problems", count, isBad: errors.size > 0 },
    { value: "test", label: "Test" },
    { value: "backtest", label: "Back-test" },
  ];
  const narrowTabs: readonly Tab<Narrow>[] = [
    { value: "own", label: "Yours" },
    { value: "loaded", label: "Shipped" },
    ...belowTabs,
  ];
  const content = (which: Below) => (
    <>
      <div hidden={which !== "problems"}>
        {checkError === undefined ? null : <Problem error={new Error(checkError)} />}
        <Problems mistakes={checked?.mistakes} onGo={({ file, from, to }) => goTo({ file, from, to })} />
      </div>
      <div hidden={which !== "test"}>
        {which === "test" ? (
          <TestPane checker={checker} checked={checked} changed={changed.map(({ name }) => name)} />
        ) : null}
      </div>
      <div hidden={which !== "backtest"}>
        <BacktestPane changed={changed} rules={checked?.rules ?? none} hasErrors={errors.size > 0} mayStart={mayEdit} />
      </div>
    </>
  );

  return (
    <Page title="Rules Editor" fills>
      {isNarrow ? (
        <div className={styles.narrow}>
          <Tabs<Narrow> label="Parts of the editor" value={narrow} tabs={narrowTabs} onChange={setNarrow} />
          {narrow === "own" ? (
            own
          ) : narrow === "loaded" ? (
            loaded
          ) : (
            <div className={styles.content}>{content(narrow)}</div>
          )}
        </div>
      ) : (
        <div className={styles.body}>
          {own}
          {loaded}
          <div className={styles.below} data-open={below}>
            <Tabs<Below>
              label="What comes of the files"
              value={below}
              tabs={belowTabs}
              onChange={setBelow}
              tools={
                <Button
                  size="compact-xs"
                  variant="subtle"
                  color="gray"
                  aria-expanded={below !== undefined}
                  onClick={() => setBelow(below === undefined ? "problems" : undefined)}
                >
                  {below === undefined ? "Show" : "Hide"}
                </Button>
              }
            />
            {below === undefined ? null : (
              <div className={styles.content} role="tabpanel" aria-label={below}>
                {content(below)}
              </div>
            )}
          </div>
        </div>
      )}
      <NewFile
        opened={asking === "new"}
        taken={ownNames}
        onClose={() => setAsking(undefined)}
        onMake={(name, isEmpty) => {
          setAsking(undefined);
          startFile(name, isEmpty ? "" : newFile());
        }}
      />
      {saving === undefined ? null : (
        <SaveDialog
          saving={saving}
          mistakes={ownMistakes ?? none}
          onBacktest={() => {
            setSaving(undefined);
            setBelow("backtest");
            setNarrow("backtest");
          }}
          onConflict={setSaving}
          onClose={() => setSaving(undefined)}
          onTheirs={(theirs) => {
            states.delete(theirs?.name ?? saving.edit.name);
            void settled(theirs === null ? undefined : editOf(theirs), saving.edit.name);
          }}
          onSaved={(next) => settled(next, next.name)}
        />
      )}
      <EditorConfirms
        edit={edit}
        asking={asking === "new" ? undefined : asking}
        leaving={status === "blocked" ? changed.map(({ name }) => name) : undefined}
        isBusy={isBusy}
        onRevert={() => {
          if (edit !== undefined) setEdits((former) => withoutEdit(former, edit.name));
          setAsking(undefined);
        }}
        onDelete={() => {
          if (edit !== undefined) void remove(edit);
        }}
        onLeave={() => proceed?.()}
        onStay={() => reset?.()}
        onClose={() => setAsking(undefined)}
      />
    </Page>
  );
}
