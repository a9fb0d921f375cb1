import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

import { faultText } from '../api/engine';

/** Something could not be shown, and what to do about it. */
export function Fault({ error, retry }: { readonly error: Error; readonly retry?: () => void }) {
  return (
    <div className="notice notice-fault" role="alert">
      <TriangleAlert size={18} aria-hidden />
      <p>{faultText(error)}</p>
      {retry !== undefined && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}
