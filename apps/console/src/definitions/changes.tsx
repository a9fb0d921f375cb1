import type { DefinitionDocument, DefinitionSummary } from '@workflow-engine/contracts';
import { useMemo } from 'react';

import { LazyJsonEditor } from '../editor/lazy-json-editor';
import { Fault } from '../ui/notices';
import { textOf, useDefinition } from './use-definition';

export interface ChangesProps {
  readonly document: DefinitionDocument;
  /** Newest first. */
  readonly versions: readonly DefinitionSummary[];
  readonly against: number | undefined;
  readonly onAgainst: (version: number) => void;
}

/** What this version changed in another one; at first the one before. */
export function Changes({ document, versions, against, onAgainst }: ChangesProps) {
  const { name, version, definition } = document;
  const others = versions.filter((one) => one.version !== version);
  const before = against ?? (others.find((one) => one.version < version) ?? others[0])?.version;
  const other = useDefinition(name, before);
  const text = useMemo(() => textOf(definition), [definition]);
  const original = useMemo(
    () => (other.document === undefined ? undefined : textOf(other.document.definition)),
    [other.document],
  );
  if (before === undefined) {
    return <p className="pane-note muted">There is only this version so far.</p>;
  }
  return (
    <>
      <div className="tools">
        <label>
          <span className="muted">v{version} compared with</span>{' '}
          <select value={before} onChange={({ target }) => onAgainst(Number(target.value))}>
            {others.map((one) => (
              <option key={one.version} value={one.version}>
                v{one.version}
              </option>
            ))}
          </select>
        </label>
      </div>
      {other.error !== null && <Fault error={other.error} />}
      {original !== undefined && (
        <LazyJsonEditor
          text={text}
          original={original}
          label={`Changes of ${name} from version ${before} to version ${version}`}
        />
      )}
    </>
  );
}
