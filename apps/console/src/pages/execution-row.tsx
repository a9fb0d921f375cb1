import type { ExecutionSummary } from '@workflow-engine/contracts';
import { memo } from 'react';
import { Link } from 'react-router';

import { shortId } from '../ui/format';
import { Labels } from '../ui/labels';
import { StatusBadge } from '../ui/status';
import { Ago, Elapsed } from '../ui/time';

export interface ExecutionRowProps {
  readonly row: ExecutionSummary;
  readonly top: number;
  readonly isSelected: boolean;
  readonly onToggle: (id: string) => void;
}

export const ExecutionRow = memo(function ExecutionRow({
  row,
  top,
  isSelected,
  onToggle,
}: ExecutionRowProps) {
  const { execution_id: id, name, version, status, labels, error } = row;
  return (
    <li className="row" style={{ transform: `translateY(${top}px)` }}>
      <label className="row-check">
        <input type="checkbox" checked={isSelected} onChange={() => onToggle(id)} />
        <span className="visually-hidden">
          Select {name} {shortId(id)}
        </span>
      </label>
      <StatusBadge status={status} />
      <Link to={`/executions/${id}`} className="row-link" data-row>
        <strong>{name}</strong> <span className="muted">v{version}</span>
      </Link>
      <span className="row-more">
        {error === undefined ? (
          <Labels labels={labels} />
        ) : (
          <span className="row-error" title={error.message}>
            {error.code}: {error.message}
          </span>
        )}
      </span>
      <span className="row-elapsed">
        {row.started_at !== null && <Elapsed from={row.started_at} to={row.finished_at} />}
      </span>
      <span className="row-ago muted">
        <Ago at={row.created_at} />
      </span>
      <code className="row-id muted" title={id}>
        {shortId(id)}
      </code>
    </li>
  );
});
