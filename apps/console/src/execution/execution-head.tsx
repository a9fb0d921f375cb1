import type { JsonObject } from '@workflow-engine/contracts';
import { Ban, CopyPlus, Pause, Play, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';

import { engine, faultText } from '../api/engine';
import { definitionPath } from '../definitions/definition-path';
import { RunDialog } from '../definitions/run-dialog';
import { isTerminalNode, type JournalState } from '../journal/fold';
import { openStatuses } from '../pages/use-executions';
import { CopyButton } from '../ui/copy-button';
import { Dialog } from '../ui/dialog';
import { clockTime, shortId } from '../ui/format';
import { InputForm } from '../ui/input-form';
import { Labels } from '../ui/labels';
import { StatusBadge } from '../ui/status';
import { Ago, Elapsed } from '../ui/time';
import { useToast } from '../ui/toasts';
import type { ExecutionOnShow } from './use-execution';

export interface ExecutionHeadProps {
  readonly shown: ExecutionOnShow;
  /** Of the moment that the slider chose. */
  readonly state: JournalState;
  readonly isPast: boolean;
}

/** The state at the chosen moment; what one can do is about now alone. */
export function ExecutionHead({ shown, state, isPast }: ExecutionHeadProps) {
  const { summary, journal } = shown;
  const finished = [...state.nodes.values()].filter(({ status }) => isTerminalNode(status)).length;
  const startedAt = isPast && state.startedAt === undefined ? null : summary.started_at;
  const until = isPast ? state.at : state.finishedAt;
  const endedAt = until === undefined ? null : new Date(until).toISOString();
  return (
    <header className="page-head execution-head">
      <div className="title">
        <h1>
          <Link
            to={definitionPath(summary.name, { version: summary.version })}
            title="Open this version of the definition"
          >
            {summary.name} <span className="muted">v{summary.version}</span>
          </Link>
        </h1>
        <span className="id-copy">
          <code title={summary.execution_id}>{shortId(summary.execution_id)}</code>
          <CopyButton text={summary.execution_id} label="Copy the execution's id" />
        </span>
        <Labels labels={shown.definition.definition.labels} />
      </div>
      <div className="facts">
        {isPast && (
          <span className="label">
            {state.at === undefined ? 'before the first event' : `as it was at ${clockTime(state.at)}`}
          </span>
        )}
        <StatusBadge status={state.status} />
        <span className="progress number" title="nodes that have ended, of all">
          <progress value={finished} max={Math.max(1, state.nodes.size)} aria-label="Nodes that have ended" />
          {finished}/{state.nodes.size}
        </span>
        {startedAt === null ? (
          <span className="muted">
            created <Ago at={summary.created_at} />
          </span>
        ) : (
          <span className="muted">
            <Elapsed from={startedAt} to={endedAt} />, started <Ago at={startedAt} />
          </span>
        )}
        <span className="connection" role="status">
          {journal.connection === 'lost' && <span className="lost">Connection lost, trying again …</span>}
        </span>
        <span className="spacer" />
        {!isPast && <Actions shown={shown} />}
      </div>
      {state.error !== undefined && (
        <p className="notice notice-fault">
          <strong>{state.error.code}</strong>
          <span className="clamped">{state.error.message}</span>
        </p>
      )}
    </header>
  );
}

type Verb = 'cancel' | 'pause' | 'resume' | 'retry';
const said: Readonly<Record<Verb, string>> = {
  cancel: 'Cancelled.',
  pause: 'Paused: what runs may finish, nothing new starts.',
  resume: 'Resumed.',
  retry: 'Retried from the failed nodes.',
};

function Actions({ shown }: { readonly shown: ExecutionOnShow }) {
  const { summary, now, definition, refresh } = shown;
  const toast = useToast();
  const [dialog, setDialog] = useState<'cancel' | 'trigger' | 'again'>();
  const [busy, setBusy] = useState(false);
  const { status } = now;
  const id = summary.execution_id;
  const act = (work: Promise<unknown>, done: string): void => {
    setBusy(true);
    work
      .then(() => {
        toast(done);
        setDialog(undefined);
        refresh();
      })
      .catch((error: unknown) => toast(faultText(error), 'fault'))
      .finally(() => setBusy(false));
  };
  const run = (verb: Verb): void => act(engine[verb](id), said[verb]);
  return (
    <div className="actions">
      {status === 'PENDING' && (
        <button type="button" className="primary" onClick={() => setDialog('trigger')}>
          <Play size={14} aria-hidden /> Trigger
        </button>
      )}
      {status === 'RUNNING' && (
        <button type="button" disabled={busy} onClick={() => run('pause')}>
          <Pause size={14} aria-hidden /> Pause
        </button>
      )}
      {status === 'PAUSED' && (
        <button type="button" className="primary" disabled={busy} onClick={() => run('resume')}>
          <Play size={14} aria-hidden /> Resume
        </button>
      )}
      {openStatuses.has(status) && (
        <button type="button" onClick={() => setDialog('cancel')}>
          <Ban size={14} aria-hidden /> Cancel
        </button>
      )}
      {(status === 'FAILED' || status === 'TIMED_OUT' || (status === 'CANCELLED' && now.seq > 0)) && (
        <button type="button" className="primary" disabled={busy} onClick={() => run('retry')}>
          <RotateCcw size={14} aria-hidden /> Retry
        </button>
      )}
      {status !== 'PENDING' && (
        <button type="button" title="A new execution with this input" onClick={() => setDialog('again')}>
          <CopyPlus size={14} aria-hidden /> New run
        </button>
      )}
      {dialog === 'again' && (
        <RunDialog
          title={`Run ${summary.name} v${summary.version}`}
          inputSchema={definition.definition.input_schema}
          input={now.input}
          start={async (input) => {
            const { name, version } = summary;
            return (await engine.start(name, { version, input })).execution_id;
          }}
          onClose={() => setDialog(undefined)}
        />
      )}
      {dialog === 'cancel' && (
        <Dialog
          title="Cancel this execution?"
          onClose={() => setDialog(undefined)}
          actions={
            <>
              <button type="button" onClick={() => setDialog(undefined)}>
                Keep it going
              </button>
              <button type="button" className="danger" disabled={busy} onClick={() => run('cancel')}>
                Cancel it
              </button>
            </>
          }
        >
          Nothing new starts, and running tasks are told to stop. The history stays.
        </Dialog>
      )}
      {dialog === 'trigger' && (
        <Dialog
          title={`Trigger ${summary.name}`}
          onClose={() => setDialog(undefined)}
          actions={
            <button type="submit" form="trigger-form" className="primary" disabled={busy}>
              <Play size={14} aria-hidden /> Trigger
            </button>
          }
        >
          <InputForm
            formId="trigger-form"
            schema={definition.definition.input_schema}
            isBusy={busy}
            onRun={(input: JsonObject) => act(engine.trigger(id, input), 'Triggered.')}
          />
        </Dialog>
      )}
    </div>
  );
}
