import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit } from '@codemirror/language';
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { unifiedMergeView } from '@codemirror/merge';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension, type Transaction } from '@codemirror/state';
import {
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  showPanel,
} from '@codemirror/view';
import type { JsonObject } from '@workflow-engine/contracts';
import type { Span, TextFault } from '@workflow-engine/json-source';
import { useEffect, useRef } from 'react';

import { assistance } from './assistance';
import { theme } from './theme';

export interface JsonEditorProps {
  /** What the editor begins with. It is ahead of this while somebody types. */
  readonly text: string;
  /** Changes to put the text of now in the place of what is in the editor. */
  readonly revision?: number;
  readonly label: string;
  /** Without it the text can only be read. */
  readonly onChange?: (text: string) => void;
  readonly onCursor?: (offset: number) => void;
  readonly schema?: JsonObject | undefined;
  readonly faults?: readonly TextFault[];
  /** Changes to show and select a place. */
  readonly place?: (Span & { readonly turn: number }) | undefined;
  /** Shows what has changed since. */
  readonly original?: string | undefined;
}

/**
 * CodeMirror within a shadow tree: there its styles are constructed style sheets, which the Content-Security-Policy
 * allows, instead of `<style>` elements, which it does not.
 */
export default function JsonEditor(props: JsonEditorProps) {
  const { text, revision, label, onChange, onCursor, schema, faults, place, original } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const heard = useRef({ onChange, onCursor });
  heard.current = { onChange, onCursor };
  const assisting = useRef(new Compartment());
  const isEditable = onChange !== undefined;

  useEffect(() => {
    if (host.current === null) return undefined;
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: 'open' });
    const editor = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: text,
        extensions: [
          isEditable ? editing : reading,
          viewing(label, original),
          assisting.current.of([]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) heard.current.onChange?.(update.state.doc.toString());
            if (update.docChanged || update.selectionSet) {
              heard.current.onCursor?.(update.state.selection.main.head);
            }
          }),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, [label, isEditable, original]);

  useEffect(() => {
    const editor = view.current;
    if (editor === null || editor.state.doc.toString() === text) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
    // Not whenever the text is another one: that would take back what was typed since.
  }, [revision]);

  useEffect(() => {
    const effects = assisting.current.reconfigure(schema === undefined ? [] : assistance(schema));
    view.current?.dispatch({ effects });
  }, [schema, label, isEditable, original]);

  useEffect(() => {
    const editor = view.current;
    if (editor === null) return;
    const diagnostics = (faults ?? []).map((fault) => diagnosticOf(editor.state, fault));
    editor.dispatch(setDiagnostics(editor.state, diagnostics));
  }, [faults]);

  useEffect(() => {
    const editor = view.current;
    if (editor === null || place === undefined) return;
    const length = editor.state.doc.length;
    const from = Math.min(place.from, length);
    editor.dispatch({
      selection: { anchor: from, head: Math.min(place.to, length) },
      effects: EditorView.scrollIntoView(from, { y: 'center' }),
    });
    editor.focus();
  }, [place]);

  return <div ref={host} className="json-editor" />;
}

function diagnosticOf({ doc }: EditorState, { from, to, message }: TextFault): Diagnostic {
  const start = Math.min(from, doc.length);
  const end = Math.min(to, doc.lineAt(start).to);
  return { from: start, to: Math.max(start, end), severity: 'error', message };
}

/**
 * Chromium gives what it types into marked-up text a `style` attribute, and the Content-Security-Policy reports that.
 * So CodeMirror does the typing, as it does for every key that is bound.
 */
const typing = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { data: text } = event;
    if (event.inputType !== 'insertText' || text === null || view.composing) return false;
    const { from, to } = view.state.selection.main;
    const insert = (): Transaction =>
      view.state.update(view.state.replaceSelection(text), { userEvent: 'input.type', scrollIntoView: true });
    const isHandled = view.state
      .facet(EditorView.inputHandler)
      .some((handler) => handler(view, from, to, text, insert));
    if (!isHandled) view.dispatch(insert());
    return true;
  },
});

const keysId = 'keys';

function viewing(label: string, original: string | undefined): Extension {
  return [
    json(),
    theme,
    lineNumbers(),
    foldGutter(),
    bracketMatching(),
    highlightSelectionMatches(),
    search({ top: true }),
    EditorView.lineWrapping,
    EditorState.tabSize.of(2),
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
    keymap.of([...defaultKeymap, ...searchKeymap, ...foldKeymap]),
    original === undefined
      ? []
      : unifiedMergeView({
          original,
          mergeControls: false,
          gutter: true,
          collapseUnchanged: { margin: 3, minSize: 6 },
        }),
  ];
}

const reading: Extension = [EditorState.readOnly.of(true), EditorView.editable.of(false)];

const editing: Extension = [
  typing,
  history(),
  closeBrackets(),
  indentOnInput(),
  indentUnit.of('  '),
  highlightActiveLine(),
  highlightActiveLineGutter(),
  lintGutter(),
  keymap.of([...closeBracketsKeymap, ...historyKeymap, ...lintKeymap, indentWithTab]),
  EditorView.contentAttributes.of({ 'aria-describedby': keysId }),
  showPanel.of(() => ({ dom: keysPanel() })),
];

function keysPanel(): HTMLElement {
  const dom = document.createElement('div');
  dom.className = 'cm-keys';
  dom.id = keysId;
  dom.textContent = 'Ctrl+Space completes. Esc, then Tab leaves the editor.';
  return dom;
}
