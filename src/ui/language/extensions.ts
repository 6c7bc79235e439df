/** The rules language in the editor: colours, completion, hover, going to definitions. */
import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  completionKeymap,
  pickedCompletion,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from "@codemirror/commands";
import { bracketMatching, indentService, indentUnit } from "@codemirror/language";
import { lintGutter, lintKeymap } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension, Facet, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  hoverTooltip,
  keymap,
  lineNumbers,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";
import { coloursOf } from "./colours.ts";
import { namesOf, type Proposal, proposals } from "./completion.ts";
import { type DefinedKind, type Definition, type Definitions, definitionsOf, namedAt } from "./definitions.ts";
import { docNode } from "./doc-node.ts";
import { hovered } from "./hover.ts";
import { indentBelow } from "./indent.ts";
import { type Outline, outlineOf } from "./outline.ts";

/** What the editor asks of the page around it. */
export interface LanguageWorld {
  /** Of all files, as they are edited now. */
  definitions(): Definitions;
  goTo(definition: Definition): void;
}

const nothing: LanguageWorld = { definitions: () => definitionsOf([]), goTo: () => {} };
const worldOf = Facet.define<LanguageWorld, LanguageWorld>({ combine: ([world = nothing]) => world });

interface Read {
  readonly text: string;
  readonly outline: Outline;
}
const read = StateField.define<Read>({
  create: ({ doc }) => readText(doc.toString()),
  update: (former, { docChanged, state }) => (docChanged ? readText(state.doc.toString()) : former),
});
const readText = (text: string): Read => ({ text, outline: outlineOf(text) });

const marks = new Map<string, Decoration>();
function markOf(colour: string): Decoration {
  const known = marks.get(colour);
  if (known !== undefined) return known;
  const made = Decoration.mark({ class: `tc-${colour}` });
  marks.set(colour, made);
  return made;
}

const colours = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    #definitions: Definitions | undefined;
    constructor(view: EditorView) {
      this.decorations = this.#drawn(view);
    }
    update({ view, docChanged, viewportChanged }: ViewUpdate) {
      const isOther = view.state.facet(worldOf).definitions() !== this.#definitions;
      if (docChanged || viewportChanged || isOther) this.decorations = this.#drawn(view);
    }
    #drawn({ state, viewport }: EditorView): DecorationSet {
      const { text, outline } = state.field(read);
      this.#definitions = state.facet(worldOf).definitions();
      const found = coloursOf(text, outline, namesOf(this.#definitions), viewport);
      return Decoration.set(
        found
          .filter(({ from, to }) => to > viewport.from && from < viewport.to)
          .map(({ colour, from, to }) => markOf(colour).range(from, Math.min(to, state.doc.length))),
        true,
      );
    }
  },
  { decorations: ({ decorations }) => decorations },
);

function completion({ state, pos, explicit }: CompletionContext): CompletionResult | null {
  const { text, outline } = state.field(read);
  const found = proposals(text, outline, pos, state.facet(worldOf).definitions());
  if (found === undefined) return null;
  const before = text.slice(found.from, pos);
  const behindSign = /[([,%]\s*$/.test(text.slice(0, pos));
  // Without being asked only where a word has begun, or where one has to come.
  if (!explicit && before === "" && !behindSign) return null;
  // Where any word will do, Enter must not make another of the one that was written.
  if (!explicit && found.isFree) {
    const options = before.length < 2 ? [] : found.options.filter(({ label }) => label.startsWith(before));
    const isWhole = options.some(({ label }) => label === before);
    return options.length === 0 || isWhole ? null : { from: found.from, options: options.map(optionOf) };
  }
  return { from: found.from, options: found.options.map(optionOf), validFor: /^[%\w.]*$/ };
}

const types: Readonly<Record<Proposal["kind"], string>> = {
  field: "property",
  operator: "keyword",
  keyword: "keyword",
  call: "function",
  macro: "variable",
  list: "enum",
  key: "property",
  value: "constant",
  rule: "class",
  snippet: "text",
};

function optionOf({ label, kind, detail, doc, put = label, rank = 0 }: Proposal): Completion {
  const hole = put.indexOf("|");
  const text = hole < 0 ? put : put.slice(0, hole) + put.slice(hole + 1);
  return {
    label,
    type: types[kind],
    boost: Math.max(-99, Math.min(99, rank * 10)),
    ...(detail === undefined ? {} : { detail }),
    ...(doc === undefined ? {} : { info: () => docNode(doc) }),
    apply: (view, option, from, to) => {
      view.dispatch({
        changes: { from, to, insert: text },
        selection: { anchor: from + (hole < 0 ? text.length : hole) },
        annotations: pickedCompletion.of(option),
        userEvent: "input.complete",
      });
    },
  };
}

const hover = hoverTooltip((view, at) => {
  const { text, outline } = view.state.field(read);
  const found = hovered(text, outline, at, view.state.facet(worldOf).definitions());
  if (found === undefined) return null;
  return { pos: found.from, end: found.to, above: true, create: () => ({ dom: docNode(found.doc) }) };
});

/** Goes to what is named at an offset; where that is itself a definition, to the one before it. */
function goTo(view: EditorView, at: number): boolean {
  const { definitions, goTo: go } = view.state.facet(worldOf);
  const { text, outline } = view.state.field(read);
  const named = namedAt(text, outline, at, definitions());
  const all: readonly Definition[] = named === undefined ? [] : definitions().of(named.kind as DefinedKind, named.name);
  const first = all.find(({ changes }) => !changes) ?? all[0];
  if (first === undefined) return false;
  go(first);
  return true;
}

const going: Extension = [
  keymap.of([{ key: "F12", run: (view) => goTo(view, view.state.selection.main.head) }]),
  EditorView.domEventHandlers({
    mousedown: (event, view) => {
      if (event.button !== 0 || !(event.ctrlKey || event.metaKey)) return false;
      const at = view.posAtCoords({ x: event.clientX, y: event.clientY });
      return at !== null && goTo(view, at);
    },
  }),
];

export interface RulesEditorOptions {
  readonly world: LanguageWorld;
  readonly isReadOnly: boolean;
  readonly label: string;
  readonly nonce: string;
}

/** All an editor of rules files is made of. */
export function rulesEditor({ world, isReadOnly, label, nonce }: RulesEditorOptions): Extension {
  return [
    EditorView.cspNonce.of(nonce),
    // So that offsets are the engine's, and a lone CR stays where it is.
    EditorState.lineSeparator.of("\n"),
    worldOf.of(world),
    read,
    colours,
    lineNumbers(),
    lintGutter(),
    EditorView.lineWrapping,
    history(),
    bracketMatching(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSelectionMatches({ minSelectionLength: 3 }),
    search({ top: true }),
    indentUnit.of("  "),
    indentService.of(({ state, simulatedBreak }, at) =>
      simulatedBreak === null ? null : indentBelow(state.sliceDoc(state.doc.lineAt(at).from, at)),
    ),
    hover,
    going,
    EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", tabindex: "0" }),
    isReadOnly
      ? [EditorState.readOnly.of(true), EditorView.editable.of(true)]
      : autocompletion({ override: [completion], icons: false, maxRenderedOptions: 60 }),
    keymap.of([
      ...completionKeymap,
      ...lintKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...defaultKeymap,
      // Tab leaves the editor unless something is selected, so that the keyboard is not trapped in it.
      {
        key: "Tab",
        run: (view) => !view.state.selection.main.empty && indentMore(view),
        shift: (view) => !view.state.selection.main.empty && indentLess(view),
      },
    ]),
  ];
}
