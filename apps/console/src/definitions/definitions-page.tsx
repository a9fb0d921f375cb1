import '../styles/definitions.css';

import type { DefinitionSummary } from '@workflow-engine/contracts';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Plus } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Link, useSearchParams } from 'react-router';

import { engine } from '../api/engine';
import { FirstDefinition } from './first-definition';
import { plural } from '../ui/format';
import { Empty, Fault } from '../ui/notices';
import { SearchField } from '../ui/search-field';
import { Ago } from '../ui/time';
import { useTitle } from '../ui/title';
import { definitionPath, executionsPath } from './definition-path';

const rowHeight = 49;
const pageSize = 1_000;
const lookEveryMs = 10_000;

/** All workflows by name, each with its newest version. */
export default function DefinitionsPage() {
  useTitle('Definitions');
  const [parameters, setParameters] = useSearchParams();
  // The address follows what is typed.
  const [search, setSearch] = useState(parameters.get('search') ?? '');
  const find = (text: string): void => {
    setSearch(text);
    setParameters(text === '' ? {} : { search: text }, { replace: true });
  };
  const list = useInfiniteQuery({
    queryKey: ['definitions', 'all'],
    queryFn: ({ pageParam }) => engine.definitions.list().page({ limit: pageSize, cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor: cursor }) => cursor ?? undefined,
    refetchInterval: lookEveryMs,
  });
  // What is searched or counted has to be here as a whole.
  const { hasNextPage, isFetching, fetchNextPage } = list;
  useEffect(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  const all = useMemo(() => list.data?.pages.flatMap(({ items }) => items) ?? [], [list.data]);
  const found = useMemo(() => {
    const wanted = search.toLowerCase();
    return all.filter(({ name }) => name.toLowerCase().includes(wanted));
  }, [all, search]);
  const isEmpty = list.isSuccess && all.length === 0;
  return (
    <div className="page page-list">
      <header className="page-head">
        <h1>Definitions</h1>
        <p className="muted number" aria-live="polite">
          {list.isSuccess && plural(found.length, 'workflow')}
        </p>
        <span className="spacer" />
        <Link className="button primary" to="/definitions/new">
          <Plus size={14} aria-hidden /> New definition
        </Link>
      </header>
      {list.error !== null && <Fault error={list.error} retry={() => void list.refetch()} />}
      {isEmpty ? (
        <FirstDefinition />
      ) : (
        <>
          <form className="filters" role="search" onSubmit={(event) => event.preventDefault()}>
            <SearchField
              aria-label="Workflow name"
              placeholder="workflow name"
              value={search}
              onChange={({ target }) => find(target.value)}
            />
          </form>
          {list.isSuccess && found.length === 0 ? (
            <Empty title="Nothing matches">
              <button type="button" onClick={() => find('')}>
                Clear the search
              </button>
            </Empty>
          ) : (
            <Table rows={found} />
          )}
        </>
      )}
    </div>
  );
}

function Table({ rows }: { readonly rows: readonly DefinitionSummary[] }) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  return (
    <div className="table" ref={scroller} role="region" aria-label="Definitions" tabIndex={0}>
      <ul style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          return row === undefined ? null : <Row key={row.name} row={row} top={start} />;
        })}
      </ul>
    </div>
  );
}

function Row({ row, top }: { readonly row: DefinitionSummary; readonly top: number }) {
  const { name, version, node_count: nodes, created_at: at } = row;
  return (
    <li className="row definition-row" style={{ transform: `translateY(${top}px)` }}>
      <Link to={definitionPath(name)} className="row-link" data-row>
        <strong>{name}</strong>
      </Link>
      <span className="definition-versions number">{plural(version, 'version')}</span>
      <span className="definition-nodes muted number">{plural(nodes, 'node')}</span>
      <span className="definition-ago muted">
        v{version} <Ago at={at} />
      </span>
      <Link to={executionsPath(name)} aria-label={`Executions of ${name}`}>
        Executions
      </Link>
    </li>
  );
}
