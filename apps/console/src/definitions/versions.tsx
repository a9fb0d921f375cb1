import type { DefinitionSummary } from '@workflow-engine/contracts';
import { useState } from 'react';
import { Link } from 'react-router';

import { plural } from '../ui/format';
import { Ago } from '../ui/time';

const shownAtFirst = 50;

export interface VersionsProps {
  /** Newest first. */
  readonly versions: readonly DefinitionSummary[];
  readonly shown: number;
  readonly search: URLSearchParams;
}

export function Versions({ versions, shown, search }: VersionsProps) {
  const [limit, setLimit] = useState(shownAtFirst);
  const pathTo = (version: number): string => {
    const next = new URLSearchParams(search);
    for (const name of ['at', 'against', 'node']) next.delete(name);
    next.set('version', String(version));
    return `?${next}`;
  };
  return (
    <nav className="versions" aria-label="Versions">
      <h2>{plural(versions.length, 'version')}</h2>
      <ol>
        {versions.slice(0, limit).map(({ version, node_count: nodes, created_at: at }) => (
          <li key={version}>
            <Link to={pathTo(version)} aria-current={version === shown ? 'page' : undefined}>
              <strong>v{version}</strong>
              <span className="muted number">{plural(nodes, 'node')}</span>
              <span className="muted">
                <Ago at={at} />
              </span>
            </Link>
          </li>
        ))}
      </ol>
      {versions.length > limit && (
        <button type="button" className="link-button" onClick={() => setLimit(limit + shownAtFirst)}>
          … {versions.length - limit} more
        </button>
      )}
    </nav>
  );
}
