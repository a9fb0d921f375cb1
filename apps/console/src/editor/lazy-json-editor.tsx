import { lazy, Suspense } from 'react';

import type { JsonEditorProps } from './json-editor';

const JsonEditor = lazy(() => import('./json-editor'));

/** The editor, fetched with its libraries when a text is shown first. */
export function LazyJsonEditor(props: JsonEditorProps) {
  return (
    <Suspense fallback={<div className="json-editor" aria-busy="true" />}>
      <JsonEditor {...props} />
    </Suspense>
  );
}
