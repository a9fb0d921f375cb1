import type { DeadLetter } from '@workflow-engine/contracts';
import { useQuery } from '@tanstack/react-query';
import { RotateCcw, StepForward, Trash2 } from 'lucide-react';
import { useState } from 'react';

import { engine, faultText } from '../api/engine';
import { reachable } from '../graph/workflow-graph';
import { LetterDialog, type LetterQuestion } from '../pages/letter-dialog';
import { openStatuses } from '../pages/use-executions';
import { Dialog } from '../ui/dialog';
import { plural } from '../ui/format';
import { useToast } from '../ui/toasts';
import type { ExecutionOnShow } from './use-execution';

/** The archive has a letter a moment after the journal has its event. */
const lookEveryMs = 1_000;
const looks = 5;

/** What can be done about a node as it is now. */
export function NodeActions({ shown, id }: { readonly shown: ExecutionOnShow; readonly id: string }) {
  const { now, refresh } = shown;
  const { letter, lookAgain } = useDeadLetter(shown, id);
  const [question, setQuestion] = useState<LetterQuestion>();
  const [isRerun, setIsRerun] = useState(false);
  const canRerun = !openStatuses.has(now.status) && now.seq > 0;
  if (!canRerun && letter === undefined) return null;
  const ask = (verb: LetterQuestion['verb'], about: DeadLetter): void =>
    setQuestion({ verb, letters: [about] });
  return (
    <div className="actions">
      {letter !== undefined && (
        <>
          <button type="button" onClick={() => ask('retry', letter)}>
            <RotateCcw size={14} aria-hidden /> Retry the task
          </button>
          <button type="button" onClick={() => ask('discard', letter)}>
            <Trash2 size={14} aria-hidden /> Discard
          </button>
        </>
      )}
      {canRerun && (
        <button type="button" onClick={() => setIsRerun(true)}>
          <StepForward size={14} aria-hidden /> Run again from here
        </button>
      )}
      {question !== undefined && (
        <LetterDialog
          question={question}
          onClose={() => {
            setQuestion(undefined);
            lookAgain();
            refresh();
          }}
        />
      )}
      {isRerun && <RerunDialog shown={shown} id={id} onClose={() => setIsRerun(false)} />}
    </div>
  );
}

interface RerunDialogProps {
  readonly shown: ExecutionOnShow;
  readonly id: string;
  readonly onClose: () => void;
}

function RerunDialog({ shown, id, onClose }: RerunDialogProps) {
  const { graph, now, summary, refresh } = shown;
  const toast = useToast();
  const [isBusy, setIsBusy] = useState(false);
  const downstream = reachable(id, (one) => graph.dependents.get(one)).size;
  const run = (): void => {
    setIsBusy(true);
    engine
      .rerun(summary.execution_id, id)
      .then(() => {
        toast(`Runs again from ${id}.`);
        refresh();
      })
      .catch((error: unknown) => toast(faultText(error), 'fault'))
      .finally(onClose);
  };
  return (
    <Dialog
      title={`Run again from ${id}?`}
      onClose={onClose}
      actions={
        <>
          <button type="button" disabled={isBusy} onClick={onClose}>
            Leave as it is
          </button>
          <button type="button" className="primary" disabled={isBusy} onClick={run}>
            Run again
          </button>
        </>
      }
    >
      {downstream === 0 ? 'This node runs' : `This node and ${plural(downstream, 'node')} downstream run`}{' '}
      again; the others keep their outputs.
      {now.status !== 'COMPLETED' && ' What failed or was cancelled elsewhere goes on as well.'}
    </Dialog>
  );
}

/** The letter that the node lies in, if it waits for somebody to decide about it. */
function useDeadLetter(
  { summary, journal, now }: ExecutionOnShow,
  id: string,
): { readonly letter: DeadLetter | undefined; readonly lookAgain: () => void } {
  const event = journal.events.findLast((one) =>
    one.type === 'ExecutionFailed'
      ? one.dead_letter?.node_id === id
      : one.type === 'NodeParked' && one.node_id === id,
  );
  const waits =
    event?.type === 'NodeParked' ? now.nodes.get(id)?.status === 'PARKED' : event?.seq === now.seq;
  const since = waits ? event?.at : undefined;
  const { execution_id: executionId } = summary;
  const { data, refetch } = useQuery({
    queryKey: ['dead-letter', executionId, id, since],
    queryFn: () => findLetter(executionId, id, since ?? ''),
    enabled: since !== undefined,
    refetchInterval: ({ state }) =>
      state.data === null && state.dataUpdateCount < looks ? lookEveryMs : false,
  });
  return {
    letter: since === undefined ? undefined : (data ?? undefined),
    lookAgain: () => void refetch(),
  };
}

/** Null: there is none, or not yet. */
async function findLetter(executionId: string, nodeId: string, since: string): Promise<DeadLetter | null> {
  for await (const letter of engine.deadLetters.list()) {
    if (letter.created_at < since) return null;
    if (letter.execution_id === executionId && letter.node_id === nodeId) return letter;
  }
  return null;
}
