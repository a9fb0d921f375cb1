import { useCallback, useEffect, useRef, useState } from 'react';

import { dropDraft, keepDraft, readDraft } from './drafts';

export interface EditedDraft {
  readonly text: string;
  /** What somebody typed. */
  readonly setText: (text: string) => void;
  /** Puts another text into the editor; the revision tells it. */
  readonly replace: (text: string) => void;
  readonly revision: number;
  readonly isChanged: boolean;
  /** Whether it would survive a reload. */
  readonly isKept: boolean;
  readonly discard: () => void;
  /** What was written is registered now. */
  readonly settle: () => void;
  /** Whether leaving means leaving something behind; asked at that moment. */
  readonly isPending: () => boolean;
}

/** The text of the editor. As long as it differs from what it began with, it is kept in the browser. */
export function useDraft(from: string, base: string): EditedDraft {
  const [text, setText] = useState(() => readDraft(from) ?? base);
  const [isKept, setIsKept] = useState(true);
  const [revision, setRevision] = useState(0);
  const replace = useCallback((next: string) => {
    setText(next);
    setRevision((number) => number + 1);
  }, []);
  const settled = useRef(false);
  const isChanged = text !== base;
  useEffect(() => {
    settled.current = false;
    if (isChanged) setIsKept(keepDraft(from, text));
    else dropDraft(from);
  }, [from, text, isChanged]);
  useEffect(() => {
    if (!isChanged || isKept) return undefined;
    const onUnload = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', onUnload);
    return () => window.removeEventListener('beforeunload', onUnload);
  }, [isChanged, isKept]);
  return {
    text,
    setText,
    replace,
    revision,
    isChanged,
    isKept,
    discard: useCallback(() => replace(base), [replace, base]),
    settle: useCallback(() => {
      settled.current = true;
      dropDraft(from);
    }, [from]),
    isPending: () => isChanged && !settled.current,
  };
}
