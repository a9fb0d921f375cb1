import type { ExecutionSummary } from '@workflow-engine/contracts';
import { Ban, RotateCcw } from 'lucide-react';
import { memo, useState } from 'react';

import { engine } from '../api/engine';
import { Dialog } from '../ui/dialog';
import { count, plural } from '../ui/format';
import { useToast } from '../ui/toasts';
import { openStatuses } from './use-executions';

const retryable: ReadonlySet<string> = new Set(['FAILED', 'TIMED_OUT', 'CANCELLED']);
const atATime = 6;

export interface BulkActionsProps {
  readonly rows: readonly ExecutionSummary[];
  readonly selected: ReadonlySet<string>;
  readonly setSelected: (selected: ReadonlySet<string>) => void;
  readonly onDone: () => void;
}

/**
 * Cancel or retry what is selected: each execution is asked by itself, and refusals are counted, not hidden.
 * Drawn anew when something of its own changes, not with each row that is scrolled by: it looks at all of them.
 */
export const BulkActions = memo(function BulkActions({
  rows,
  selected,
  setSelected,
  onDone,
}: BulkActionsProps) {
  const toast = useToast();
  const [asking, setAsking] = useState<'cancel' | 'retry'>();
  const [done, setDone] = useState<number>();
  const chosen = rows.filter(({ execution_id }) => selected.has(execution_id));
  const toCancel = chosen.filter(({ status }) => openStatuses.has(status));
  const toRetry = chosen.filter(({ status }) => retryable.has(status));
  const targets = asking === 'cancel' ? toCancel : toRetry;
  const run = async (action: 'cancel' | 'retry'): Promise<void> => {
    let refused = 0;
    const open = [...targets];
    setDone(0);
    const work = async (): Promise<void> => {
      for (let row = open.pop(); row !== undefined; row = open.pop()) {
        await engine[action](row.execution_id).catch(() => (refused += 1));
        setDone((number = 0) => number + 1);
      }
    };
    await Promise.all(Array.from({ length: atATime }, work));
    const verb = action === 'cancel' ? 'Cancelled' : 'Retried';
    const rest = refused === 0 ? '' : ` ${plural(refused, 'other')} had changed in the meantime.`;
    toast(
      `${verb} ${plural(targets.length - refused, 'execution')}.${rest}`,
      refused === 0 ? 'done' : 'fault',
    );
    setDone(undefined);
    setAsking(undefined);
    setSelected(new Set());
    onDone();
  };
  const allSelected = rows.length > 0 && rows.every(({ execution_id }) => selected.has(execution_id));
  return (
    <div className="bulk">
      <label>
        <input
          type="checkbox"
          checked={allSelected}
          disabled={rows.length === 0}
          onChange={() =>
            setSelected(allSelected ? new Set() : new Set(rows.map(({ execution_id }) => execution_id)))
          }
        />
        {selected.size === 0 ? 'Select all loaded' : `${count(selected.size)} selected`}
      </label>
      <button type="button" disabled={toCancel.length === 0} onClick={() => setAsking('cancel')}>
        <Ban size={14} aria-hidden /> Cancel {toCancel.length > 0 && count(toCancel.length)}
      </button>
      <button type="button" disabled={toRetry.length === 0} onClick={() => setAsking('retry')}>
        <RotateCcw size={14} aria-hidden /> Retry {toRetry.length > 0 && count(toRetry.length)}
      </button>
      {asking !== undefined && (
        <Dialog
          title={`${asking === 'cancel' ? 'Cancel' : 'Retry'} ${plural(targets.length, 'execution')}?`}
          onClose={() => setAsking(undefined)}
          actions={
            <>
              <button type="button" onClick={() => setAsking(undefined)} disabled={done !== undefined}>
                Keep as they are
              </button>
              <button
                type="button"
                className={asking === 'cancel' ? 'danger' : 'primary'}
                disabled={done !== undefined}
                onClick={() => void run(asking)}
              >
                {done === undefined
                  ? asking === 'cancel'
                    ? 'Cancel them'
                    : 'Retry them'
                  : `${done} of ${targets.length}`}
              </button>
            </>
          }
        >
          {asking === 'cancel'
            ? 'Nothing new starts in them, and running tasks are told to stop. Their history stays.'
            : 'They go on from their failed nodes; what succeeded stays.'}
        </Dialog>
      )}
    </div>
  );
});
