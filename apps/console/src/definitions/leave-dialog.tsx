import { useBlocker } from 'react-router';

import { Dialog } from '../ui/dialog';
import type { EditedDraft } from './use-draft';

/** Asks before somebody leaves a text that is not registered. */
export function LeaveDialog({ draft }: { readonly draft: EditedDraft }) {
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      draft.isPending() && currentLocation.pathname !== nextLocation.pathname,
  );
  if (blocker.state !== 'blocked') return null;
  return (
    <Dialog
      title="Leave without registering?"
      onClose={() => blocker.reset()}
      actions={
        <>
          <button
            type="button"
            className="danger"
            onClick={() => {
              draft.settle();
              blocker.proceed();
            }}
          >
            Discard and leave
          </button>
          <span className="spacer" />
          <button type="button" onClick={() => blocker.reset()}>
            Stay
          </button>
          <button type="button" className="primary" onClick={() => blocker.proceed()}>
            Leave
          </button>
        </>
      }
    >
      {draft.isKept
        ? 'What you wrote is not registered. It stays in this browser, and is here when you come back.'
        : 'What you wrote is not registered, and too large to be kept in this browser: leaving loses it.'}
    </Dialog>
  );
}
