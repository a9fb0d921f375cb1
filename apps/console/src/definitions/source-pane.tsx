import type { DefinitionDocument } from '@workflow-engine/contracts';
import { JsonSource } from '@workflow-engine/json-source';
import { useMemo } from 'react';

import { LazyJsonEditor } from '../editor/lazy-json-editor';
import { CopyButton } from '../ui/copy-button';
import { download } from '../ui/json-view';
import { Download } from 'lucide-react';
import { textOf } from './use-definition';

export interface SourcePaneProps {
  readonly document: DefinitionDocument;
  /** JSON pointer of the place to show. */
  readonly at: string | undefined;
}

/** The definition as text, to be read. */
export function SourcePane({ document, at }: SourcePaneProps) {
  const { name, version, definition } = document;
  const text = useMemo(() => textOf(definition), [definition]);
  const place = useMemo(
    () => (at === undefined ? undefined : { ...new JsonSource(text).find(at), turn: 0 }),
    [text, at],
  );
  return (
    <>
      <div className="tools">
        <span className="muted">{at !== undefined && <code>{at}</code>}</span>
        <span className="spacer" />
        <CopyButton text={text} label="Copy the definition" />
        <button
          type="button"
          className="icon-button"
          aria-label="Download the definition"
          title="Download as JSON"
          onClick={() => download(text, `${name}-v${version}.json`)}
        >
          <Download size={14} aria-hidden />
        </button>
      </div>
      <LazyJsonEditor text={text} label={`Definition of ${name}, version ${version}`} place={place} />
    </>
  );
}
