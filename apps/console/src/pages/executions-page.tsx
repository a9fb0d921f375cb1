import type { ExecutionFilter } from '@workflow-engine/client';
import { EXECUTION_STATUSES, type ExecutionSummary } from '@workflow-engine/contracts';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';

import { Empty, Fault } from '../ui/notices';
import { plural } from '../ui/format';
import { useTitle } from '../ui/title';
import { BulkActions } from './bulk-actions';
import { Filters, spans } from './execution-filters';
import { ExecutionRow } from './execution-row';
import { FirstSteps } from './first-steps';
import { useExecutions } from './use-executions';

const rowHeight = 49;

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
