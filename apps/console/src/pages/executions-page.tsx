import type { ExecutionFilter } from '@workflow-engine/client';
import { EXECUTION_STATUSES, type ExecutionSummary } from '@workflow-engine/contracts';
import { useQuery } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';

import { engine } from '../api/engine';
import { Empty, Fault } from '../ui/notices';
import { plural } from '../ui/format';
import { SearchField } from '../ui/search-field';
import { StatusIcon, statusWord } from '../ui/status';
import { useTitle } from '../ui/title';
import { useAddress } from '../ui/use-address';
import { BulkActions } from './bulk-actions';
import { ExecutionRow } from './execution-row';
import { FirstSteps } from './first-steps';
import { useExecutions } from './use-executions';

const rowHeight = 49;
const spans = new Map([
  ['15m', { words: 'last 15 minutes', ms: 9e5 }],
  ['1h', { words: 'last hour', ms: 36e5 }],
  ['6h', { words: 'last 6 hours', ms: 216e5 }],
  ['1d', { words: 'last day', ms: 864e5 }],
  ['7d', { words: 'last week', ms: 6048e5 }],
]);

/** All executions: searched, live, acted upon together. */
export function ExecutionsPage() {
  useTitle('Executions');
  const [parameters, setParameters] = useSearchParams();
  const query = useQueryOf(parameters);
  const scroller = useRef<HTMLDivElement>(null);
  const onScreen = useRef<readonly ExecutionSummary[]>([]);
  const visible = useCallback(() => onScreen.current, []);
  const list = useExecutions(query, visible);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const search = parameters.toString();
  useEffect(() => setSelected(new Set()), [search]);

  const virtual = useVirtualizer({
    count: list.rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const { hasMore, loadMore } = list;
  useEffect(() => {
    onScreen.current = items.flatMap(({ index }) => list.rows[index] ?? []);
    if (hasMore && last >= list.rows.length - 30) loadMore();
  }, [items, last, hasMore, loadMore, list.rows]);

  const toggle = useCallback((id: string) => setSelected((current) => toggled(current, id)), []);
  const isFiltered = search !== '';
  return (
    <div className="page page-list">
      <header className="page-head">
        <h1>Executions</h1>
        <p className="muted number" aria-live="polite">
          {list.isLoading ? '' : `${plural(list.rows.length, 'execution')}${hasMore ? ' and more' : ''}`}
        </p>
      </header>
      <Filters />
      {list.error !== undefined && <Fault error={list.error} retry={list.refresh} />}
      <BulkActions rows={list.rows} selected={selected} setSelected={setSelected} onDone={list.refresh} />
      {list.newer > 0 && (
        <button type="button" className="newer" onClick={list.showNewer}>
          {plural(list.newer, 'new execution')}
        </button>
      )}
      {!list.isLoading && list.rows.length === 0 && list.error === undefined ? (
        isFiltered ? (
          <Empty title="Nothing matches">
            <button type="button" onClick={() => setParameters({})}>
              Clear the search
            </button>
          </Empty>
        ) : (
          <FirstSteps />
        )
      ) : (
        <div className="table" ref={scroller} role="region" aria-label="Executions" tabIndex={0}>
          <ul style={{ height: virtual.getTotalSize() }}>
            {items.map(({ index, start }) => {
              const row = list.rows[index];
              return row === undefined ? null : (
                <ExecutionRow
                  key={row.execution_id}
                  row={row}
                  top={start}
                  isSelected={selected.has(row.execution_id)}
                  onToggle={toggle}
                />
              );
            })}
          </ul>
        </div>
      )}
    </div>
  );
}

function toggled(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(id)) next.add(id);
  return next;
}

function useQueryOf(parameters: URLSearchParams): ExecutionFilter {
  const text = parameters.toString();
  return useMemo(() => {
    const given = new URLSearchParams(text);
    const name = given.get('name') ?? '';
    const ms = spans.get(given.get('within') ?? '')?.ms;
    return {
      status: EXECUTION_STATUSES.filter((status) => given.getAll('status').includes(status)),
      labels: Object.fromEntries(given.getAll('label').map(splitLabel)),
      ...(name !== '' && { name }),
      ...(ms !== undefined && { since: new Date(Date.now() - ms).toISOString() }),
    };
  }, [text]);
}

/** The value may hold colons, the key not. */
function splitLabel(label: string): readonly [string, string] {
  const colon = label.indexOf(':');
  return [label.slice(0, colon), label.slice(colon + 1)];
}

function Filters() {
  const { parameters, change, put } = useAddress();
  const names = useQuery({
    queryKey: ['definitions'],
    queryFn: () => engine.definitions.list().page({ limit: 1_000 }),
    staleTime: 10_000,
  });
  const [label, setLabel] = useState('');
  const statuses = parameters.getAll('status');
  const labels = parameters.getAll('label');
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
        />
        <input
          aria-label="Label, such as team:sales"
          placeholder="label, as team:sales"
          value={label}
          pattern="[^:]+:.*"
          onChange={({ target }) => setLabel(target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !/^[^:]+:/.test(label)) return;
            change((next) => next.append('label', label));
            setLabel('');
          }}
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
            {one} ×
          </button>
        ))}
      </div>
    </form>
  );
}

interface NameFieldProps {
  readonly value: string;
  readonly names: readonly string[];
  readonly onChange: (name: string) => void;
}

/** Names are searched whole: what is typed counts on Enter, on leaving, and when it is one of the known names. */
function NameField({ value, names, onChange }: NameFieldProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  return (
    <>
      <SearchField
        aria-label="Workflow name"
        placeholder="workflow name"
        list="workflow-names"
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          if (target.value === '' || names.includes(target.value)) onChange(target.value);
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
