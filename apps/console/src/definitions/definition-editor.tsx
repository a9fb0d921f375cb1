import { JsonSource, type Span } from '@workflow-engine/json-source';
import { Braces, Play, Save } from 'lucide-react';
import { useCallback, useMemo, useState } from 'react';

import { LazyJsonEditor } from '../editor/lazy-json-editor';
import { FaultList, Verdict } from './fault-list';
import { LeaveDialog } from './leave-dialog';
import { nodeIdOn, pointerOfNode } from './node-pointers';
import { Preview } from './preview';
import { RunDialog } from './run-dialog';
import { useCheck } from './use-check';
import { textOf } from './use-definition';
import { useDefinitionSchema } from './use-definition-schema';
import { type EditedDraft, useDraft } from './use-draft';
import { useRegistration } from './use-registration';

export interface DefinitionEditorProps {
  /** The workflow whose next version is written; empty for a new one. */
  readonly from: string;
  /** The text that it begins with. */
  readonly base: string;
}

/** The text, its faults and its picture, side by side. */
export function DefinitionEditor({ from, base }: DefinitionEditorProps) {
  const draft = useDraft(from, base);
  const { text } = draft;
  const check = useCheck(text);
  const { definition, faults } = check;
  const schema = useDefinitionSchema();
  const [place, setPlace] = useState<Span & { readonly turn: number }>();
  const [cursor, setCursor] = useState(0);
  const show = useCallback(
    (span: Span) => setPlace((last) => ({ ...span, turn: (last?.turn ?? 0) + 1 })),
    [],
  );
  const source = useMemo(() => new JsonSource(text), [text]);
  const current = useMemo(
    () => (definition === undefined ? undefined : nodeIdOn(definition, source.pathAt(cursor))),
    [definition, source, cursor],
  );
  const showNode = (id: string): void => {
    const pointer = definition && pointerOfNode(definition, id);
    if (pointer !== undefined) show(source.find(pointer));
  };
  return (
    <div className="page definition">
      <header className="page-head execution-head">
        <div className="facts">
          <h1>{from === '' ? 'New definition' : `New version of ${from}`}</h1>
          <DraftNote draft={draft} />
          <span className="spacer" />
          <Actions draft={draft} check={check} onShow={show} />
        </div>
      </header>
      <div className="panes panes-editor">
        <section className="pane" aria-label="Text">
          <Verdict check={check} />
          <LazyJsonEditor
            text={text}
            revision={draft.revision}
            label="Definition as JSON"
            onChange={draft.setText}
            onCursor={setCursor}
            schema={schema}
            faults={faults}
            place={place}
          />
          <FaultList text={text} faults={faults} onShow={show} />
        </section>
        <section className="pane" aria-label="Preview">
          <Preview definition={definition} selected={current} onSelect={showNode} />
        </section>
      </div>
      <LeaveDialog draft={draft} />
    </div>
  );
}

function DraftNote({ draft }: { readonly draft: EditedDraft }) {
  if (!draft.isChanged) return null;
  const kept = draft.isKept ? 'kept in this browser' : 'too large to be kept in this browser';
  return (
    <span className="muted">
      Not registered yet; {kept}.{' '}
      <button type="button" className="link-button" onClick={draft.discard}>
        Discard changes
      </button>
    </span>
  );
}

interface ActionsProps {
  readonly draft: EditedDraft;
  readonly check: ReturnType<typeof useCheck>;
  readonly onShow: (span: Span) => void;
}

function Actions({ draft, check: { definition, faults }, onShow }: ActionsProps) {
  const { isBusy, register, registerAndStart } = useRegistration(draft);
  const [isRunning, setIsRunning] = useState(false);
  /** What is wrong comes first. */
  const withoutFaults = (go: () => void): void => {
    const [first] = faults;
    if (first === undefined) go();
    else onShow(first);
  };
  return (
    <div className="actions">
      <button
        type="button"
        disabled={definition === undefined}
        onClick={() => definition !== undefined && draft.replace(textOf(definition))}
      >
        <Braces size={14} aria-hidden /> Format
      </button>
      <button
        type="button"
        disabled={isBusy}
        onClick={() => withoutFaults(() => definition !== undefined && register(definition))}
      >
        <Save size={14} aria-hidden /> Register
      </button>
      <button
        type="button"
        className="primary"
        disabled={isBusy}
        onClick={() => withoutFaults(() => setIsRunning(true))}
      >
        <Play size={14} aria-hidden /> Run …
      </button>
      {isRunning && definition !== undefined && (
        <RunDialog
          title="Register and run"
          inputSchema={definition.input_schema}
          start={(input) => registerAndStart(definition, input)}
          onClose={() => setIsRunning(false)}
        />
      )}
    </div>
  );
}
