import type { ExecutionSummary, Page } from '@workflow-engine/contracts';
import { Link } from 'react-router';

import { StatusIcon, statusWord } from '../ui/status';
import { Ago, Elapsed } from '../ui/time';

interface LatestExecutionsProps {
  readonly title: string;
  /** Where all of them are. */
  readonly all: string;
  readonly none: string;
  readonly page: Page<ExecutionSummary> | undefined;
}

/** A few executions of one kind; what has happened last comes first. */
export function LatestExecutions({ title, all, none, page }: LatestExecutionsProps) {
  const items = page?.items.toSorted((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1));
  return (
    <section className="panel">
      <header>
        <h2>{title}</h2>
        <Link to={all}>
          All<span className="visually-hidden"> of: {title}</span>
        </Link>
      </header>
      {items?.length === 0 && <p className="muted">{none}</p>}
      <ul>
        {items?.map(({ execution_id: id, name, status, error, started_at, finished_at, created_at }) => (
          <li key={id}>
            <StatusIcon status={status} size={14} />
            <span className="visually-hidden">{statusWord(status)}</span>
            <Link to={`/executions/${id}`} data-row className="ellipsis">
              {name}
            </Link>
            {error === undefined ? (
              <span className="muted ellipsis panel-more" />
            ) : (
              <span className="muted ellipsis panel-more" title={error.message}>
                {error.code}: {error.message}
              </span>
            )}
            <span className="muted panel-time">
              {finished_at !== null ? (
                <Ago at={finished_at} />
              ) : (
                <Elapsed from={started_at ?? created_at} to={null} />
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function timeOf({ finished_at, started_at, created_at }: ExecutionSummary): string {
  return finished_at ?? started_at ?? created_at;
}
