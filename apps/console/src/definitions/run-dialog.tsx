import type { Json, JsonObject } from '@workflow-engine/contracts';
import { Play } from 'lucide-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';

import { faultText } from '../api/engine';
import { Dialog } from '../ui/dialog';
import { InputForm } from '../ui/input-form';

export interface RunDialogProps {
  readonly title: string;
  readonly inputSchema: Json | undefined;
  /** To begin with. */
  readonly input?: Json | undefined;
  /** Starts the execution; its id. */
  readonly start: (input: JsonObject) => Promise<string>;
  readonly onClose: () => void;
}

/** Asks for the input, starts the execution and goes there. */
export function RunDialog({ title, inputSchema, input: given, start, onClose }: RunDialogProps) {
  const navigate = useNavigate();
  const [isBusy, setIsBusy] = useState(false);
  const [fault, setFault] = useState('');
  const run = (input: JsonObject): void => {
    setIsBusy(true);
    setFault('');
    start(input)
      .then((id) => navigate(`/executions/${id}`))
      .catch((error: unknown) => {
        setFault(faultText(error));
        setIsBusy(false);
      });
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <button type="submit" form="run-form" className="primary" disabled={isBusy}>
          <Play size={14} aria-hidden /> Run
        </button>
      }
    >
      <InputForm formId="run-form" schema={inputSchema} initial={given} isBusy={isBusy} onRun={run} />
      {fault !== '' && (
        <p className="fault-text" role="alert">
          {fault}
        </p>
      )}
    </Dialog>
  );
}
