import type { DeadLetter } from '@workflow-engine/contracts';
import { useState } from 'react';

import { engine, faultText } from '../api/engine';
import { Dialog } from '../ui/dialog';
import { plural } from '../ui/format';
import { useToast } from '../ui/toasts';

const atATime = 6;

/** What somebody wants to become of some dead letters. */
export interface LetterQuestion {
  readonly verb: 'retry' | 'discard';
  readonly letters: readonly DeadLetter[];
}

const words = {
  retry: {
    question: 'Retry',
    done: 'Retried',
    meaning: 'Each execution goes on from the failed task; what succeeded stays.',
  },
  discard: {
    question: 'Discard',
    done: 'Discarded',
    meaning: 'Executions that ended stay as they ended; a parked task fails. This cannot be undone.',
  },
} as const;

export interface LetterDialogProps {
  readonly question: LetterQuestion;
  /** Also when all is done. */
  readonly onClose: () => void;
}

/** Asks once more, and does it. */
export function LetterDialog({ question, onClose }: LetterDialogProps) {
  const toast = useToast();
  const [done, setDone] = useState<number>();
  const { verb, letters } = question;
  const word = words[verb];
  const isBusy = done !== undefined;
  const run = async (): Promise<void> => {
    const open = [...letters];
    const faults: unknown[] = [];
    setDone(0);
    const work = async (): Promise<void> => {
      for (let letter = open.pop(); letter !== undefined; letter = open.pop()) {
        await engine.deadLetters[verb](letter.id).catch((error: unknown) => faults.push(error));
        setDone((number = 0) => number + 1);
      }
    };
    await Promise.all(Array.from({ length: atATime }, work));
    const succeeded = letters.length - faults.length;
    if (succeeded > 0) toast(`${word.done} ${plural(succeeded, 'task')}.`);
    if (faults.length > 0)
      toast(`${plural(faults.length, 'task')} refused: ${faultText(faults[0])}`, 'fault');
    onClose();
  };
  return (
    <Dialog
      title={`${word.question} ${plural(letters.length, 'task')}?`}
      onClose={onClose}
      actions={
        <>
          <button type="button" disabled={isBusy} onClick={onClose}>
            Leave as it is
          </button>
          <button
            type="button"
            className={verb === 'retry' ? 'primary' : 'danger'}
            disabled={isBusy}
            onClick={() => void run()}
          >
            {isBusy ? `${done} of ${letters.length}` : `${word.question} now`}
          </button>
        </>
      }
    >
      {word.meaning}
    </Dialog>
  );
}
