import { useEffect } from 'react';

/** What the tab, the history and a screen reader call the open page (WCAG 2.4.2). */
export function useTitle(page: string): void {
  useEffect(() => {
    document.title = `${page} · Workflow engine`;
  }, [page]);
}
