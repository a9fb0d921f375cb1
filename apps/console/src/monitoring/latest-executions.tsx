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

/** A few executions of one kind, newest first. */
export function LatestExecutions({ title, all, none, page }: LatestExecutionsProps) {
  return (
    <section className="panel">
      <header>
        <h2>{title}</h2>
        <Link to={all}>
          All<span className="visually-hidden"> of: {title}</span>
        </Link>
      </header>
      {page?.items.length === 0 && <p className="muted">{none}</p>}
      <ul>
        {page?.items.map(({ execution_id: id, name, status, error, started_at, finished_at, created_at }) => (
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
