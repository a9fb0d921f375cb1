import type { Json, JsonObject } from '@workflow-engine/contracts';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';

import type { GraphNode } from '../graph/workflow-graph';
import type { Attempt, NodeState } from '../journal/fold';
import { clockTime, duration, plural } from '../ui/format';
import { JsonView } from '../ui/json-view';
import { StatusBadge, statusWord } from '../ui/status';

export interface InspectorProps {
  readonly id: string;
  readonly node: GraphNode | undefined;
  readonly state: NodeState | undefined;
  /** What it is given: see `inputOfNode`. */
  readonly input: JsonObject | undefined;
  readonly dependents: readonly string[];
  /** Address of the node's text in the definition. */
  readonly definedAt: string;
  readonly onSelect: (id: string | undefined) => void;
  /** What can be done about the node. */
  readonly actions: ReactNode;
}

const shownLinks = 12;

/** Everything about one node at the moment that is looked at. */
export function Inspector(props: InspectorProps) {
  const { id, node, state, input, dependents, definedAt, onSelect, actions } = props;
  return (
    <aside className="inspector" aria-label={`Node ${id}`}>
      <header>
        <h2>{id}</h2>
        <button
          type="button"
          className="icon-button"
          data-close
          aria-label="Close"
          onClick={() => onSelect(undefined)}
        >
          <X size={16} aria-hidden />
        </button>
      </header>
      {node === undefined || state === undefined ? (
        <p className="muted">This version of the workflow has no such node.</p>
      ) : (
        <>
          <Summary node={node} state={state} />
          {actions}
          {state.error !== undefined && (
            <section>
              <h3>Error</h3>
              <p className="notice notice-fault">
                <strong>{state.error.code}</strong>
                <span className="clamped">{state.error.message}</span>
              </p>
              <p className="muted">
                {state.error.retryable ? 'It may pass: retryable.' : 'Trying again will not help by itself.'}
              </p>
              {state.error.details !== undefined && (
                <JsonView value={state.error.details} name={`${id}-error`} />
              )}
            </section>
          )}
          {state.output !== undefined && <Part title="Output" value={state.output} name={`${id}-output`} />}
          <Input id={id} input={input} />
          <Config node={node} state={state} />
          <Link to={definedAt}>Open it in the definition</Link>
          <Attempts attempts={state.attempts} />
          <Links title="Depends on" ids={node.dependencies} onSelect={onSelect} />
          <Links title="Needed by" ids={dependents} onSelect={onSelect} />
        </>
      )}
    </aside>
  );
}

function Summary({ node, state }: { readonly node: GraphNode; readonly state: NodeState }) {
  const { status, firstAt, endedAt, dueAt, skippedBecause } = state;
  const last = state.attempts.at(-1);
  return (
    <dl className="facts-list">
      <div>
        <dt>Status</dt>
        <dd>
          <StatusBadge status={status} />
          {skippedBecause !== undefined && (
            <span className="muted">
              {' '}
              its {skippedBecause === 'join' ? 'join cannot be met' : 'condition is false'}
            </span>
          )}
        </dd>
      </div>
      <Fact name="Handler" value={node.handler} />
      {node.when !== '' && <Fact name="Condition" value={node.when} isCode />}
      {last?.worker !== undefined && <Fact name="Worker" value={last.worker} />}
      {firstAt !== undefined && <Fact name="Began" value={clockTime(firstAt)} />}
      {firstAt !== undefined && endedAt !== undefined && (
        <Fact name="Took" value={duration(endedAt - firstAt)} />
      )}
      {status === 'WAITING' && dueAt !== undefined && <Fact name="Goes on at" value={clockTime(dueAt)} />}
    </dl>
  );
}

interface FactProps {
  readonly name: string;
  readonly value: string;
  readonly isCode?: boolean;
}

function Fact({ name, value, isCode = false }: FactProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="number">{isCode ? <code>{value}</code> : value}</dd>
    </div>
  );
}

/** In the terms of its templates, so that one can see what they had to work with. */
function Input({ id, input = {} }: { readonly id: string; readonly input: JsonObject | undefined }) {
  if (Object.keys(input).length > 0) return <Part title="Input" value={input} name={`${id}-input`} />;
  return (
    <section>
      <h3>Input</h3>
      <p className="muted">Nothing has arrived yet.</p>
    </section>
  );
}

/** A config without templates is not in the journal: then the definition's is what the node gets. */
function Config({ node, state }: { readonly node: GraphNode; readonly state: NodeState }) {
  const isResolved = state.config !== undefined;
  const isUnknown = !isResolved && state.firstAt !== undefined && JSON.stringify(node.config).includes('${');
  return (
    <Part
      title={isResolved ? 'Config, resolved' : 'Config, as defined'}
      value={state.config ?? node.config}
      name={`${node.id}-config`}
      note={
        isUnknown &&
        'The engine itself carried this out, and kept what came of it, not what its templates gave.'
      }
    />
  );
}

function Part({
  title,
  value,
  name,
  note = false,
}: {
  readonly title: string;
  readonly value: Json;
  readonly name: string;
  readonly note?: string | false;
}) {
  return (
    <section>
      <JsonView value={value} name={name} title={<h3>{title}</h3>} />
      {note !== false && <p className="muted">{note}</p>}
    </section>
  );
}

function Attempts({ attempts }: { readonly attempts: readonly Attempt[] }) {
  if (attempts.length === 0) return null;
  return (
    <section>
      <h3>{plural(attempts.length, 'attempt')}</h3>
      <ol className="attempts">
        {attempts.map((attempt) => (
          <li key={attempt.attempt}>
            <span>
              <strong>{attempt.attempt}</strong> {outcomeWord(attempt)}
              {attempt.deliveries > 1 && <span className="muted">, sent out {attempt.deliveries} times</span>}
            </span>
            <span className="muted number">{timesOf(attempt)}</span>
            {attempt.error !== undefined && (
              <span className="fault-text clamped">{attempt.error.message}</span>
            )}
            {attempt.logs.length > 0 && (
              <ol className="logs">
                {attempt.logs.map(({ at, level, message }, index) => (
                  <li key={index} className={`log-${level}`}>
                    <time className="muted">{clockTime(Date.parse(at))}</time> <span>{level}</span> {message}
                  </li>
                ))}
              </ol>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

function outcomeWord({ outcome, startedAt }: Attempt): string {
  if (outcome === undefined) return startedAt === undefined ? 'queued' : 'running';
  return outcome === 'RETRY' ? 'failed, tried again' : statusWord(outcome);
}

function timesOf({ scheduledAt, startedAt, finishedAt }: Attempt): string {
  const parts: string[] = [];
  if (startedAt !== undefined) parts.push(`queued ${duration(startedAt - scheduledAt)}`);
  if (finishedAt !== undefined) parts.push(`ran ${duration(finishedAt - (startedAt ?? scheduledAt))}`);
  return parts.join(', ');
}

interface LinksProps {
  readonly title: string;
  readonly ids: readonly string[];
  readonly onSelect: (id: string) => void;
}

function Links({ title, ids, onSelect }: LinksProps) {
  if (ids.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <p className="links">
        {ids.slice(0, shownLinks).map((id) => (
          <button key={id} type="button" className="link-button" onClick={() => onSelect(id)}>
            {id}
          </button>
        ))}
        {ids.length > shownLinks && <span className="muted">and {ids.length - shownLinks} more</span>}
      </p>
    </section>
  );
}
