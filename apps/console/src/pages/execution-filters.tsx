import { EXECUTION_STATUSES } from '@workflow-engine/contracts';
import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router';

import { engine } from '../api/engine';
import { SearchField } from '../ui/search-field';
import { StatusIcon, statusWord } from '../ui/status';
import { useAddress } from '../ui/use-address';

/** How far back to look, by what the address calls it. */
export const spans = new Map([
  ['15m', { words: 'last 15 minutes', ms: 9e5 }],
  ['1h', { words: 'last hour', ms: 36e5 }],
  ['6h', { words: 'last 6 hours', ms: 216e5 }],
  ['1d', { words: 'last day', ms: 864e5 }],
  ['7d', { words: 'last week', ms: 6048e5 }],
]);

/** What the address searches for: by status, name, label and time. */
export function Filters() {
  const { parameters, change, put } = useAddress();
  const navigate = useNavigate();
  const names = useQuery({
    queryKey: ['definitions'],
    queryFn: () => engine.definitions.list().page({ limit: 1_000 }),
    staleTime: 10_000,
  });
  const [label, setLabel] = useState('');
  const statuses = parameters.getAll('status');
  const labels = parameters.getAll('label');
  const searchLabel = (): void => {
    if (!/^[^:]+:/.test(label)) return;
    change((next) => next.append('label', label));
    setLabel('');
  };
  return (
    <form className="filters" role="search" onSubmit={(event) => event.preventDefault()}>
      <fieldset className="chips">
        <legend className="visually-hidden">Status</legend>
        {EXECUTION_STATUSES.map((status) => (
          <label key={status} className="chip">
            <input
              type="checkbox"
              checked={statuses.includes(status)}
              onChange={({ target }) =>
                change((next) =>
                  target.checked ? next.append('status', status) : next.delete('status', status),
                )
              }
            />
            <StatusIcon status={status} size={14} />
            {statusWord(status)}
          </label>
        ))}
      </fieldset>
      <div className="fields">
        <NameField
          value={parameters.get('name') ?? ''}
          names={(names.data?.items ?? []).map(({ name }) => name)}
          onChange={(name) => put({ name })}
          onId={(id) => void navigate(`/executions/${id}`)}
        />
        <input
          aria-label="Label, such as team:sales"
          placeholder="label, as team:sales"
          value={label}
          pattern="[^:]+:.*"
          title="A key and its value, such as team:sales"
          onChange={({ target }) => setLabel(target.value)}
          onKeyDown={({ key }) => {
            if (key === 'Enter') searchLabel();
          }}
          onBlur={searchLabel}
        />
        <select
          aria-label="Created"
          value={parameters.get('within') ?? ''}
          onChange={({ target }) => put({ within: target.value })}
        >
          <option value="">any time</option>
          {[...spans].map(([span, { words }]) => (
            <option key={span} value={span}>
              {words}
            </option>
          ))}
        </select>
        {labels.map((one) => (
          <button
            key={one}
            type="button"
            className="chip"
            title="Remove this label from the search"
            onClick={() => change((next) => next.delete('label', one))}
          >
            {one} <X size={12} aria-label="remove" />
          </button>
        ))}
        {parameters.size > 0 && (
          <button type="button" className="link-button" onClick={() => change(emptied)}>
            Clear
          </button>
        )}
      </div>
    </form>
  );
}

function emptied(parameters: URLSearchParams): void {
  for (const key of [...parameters.keys()]) parameters.delete(key);
}

interface NameFieldProps {
  readonly value: string;
  readonly names: readonly string[];
  readonly onChange: (name: string) => void;
  /** Somebody has pasted the id of an execution. */
  readonly onId: (id: string) => void;
}

const idOfExecution = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Names are searched whole: what is typed counts on Enter, on leaving, and when it is one of the known names. */
function NameField({ value, names, onChange, onId }: NameFieldProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  return (
    <>
      <SearchField
        aria-label="Workflow name, or the id of an execution"
        placeholder="name or id"
        list="workflow-names"
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          if (idOfExecution.test(target.value.trim())) onId(target.value.trim());
          else if (target.value === '' || names.includes(target.value)) onChange(target.value);
        }}
        onKeyDown={({ key }) => {
          if (key === 'Enter') onChange(text);
        }}
        onBlur={() => onChange(text)}
      />
      <datalist id="workflow-names">
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}
