import type { JsonObject } from '@workflow-engine/contracts';
import { Play } from 'lucide-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';

import { engine, faultText } from '../api/engine';
import { CopyButton } from '../ui/copy-button';
import { curlOf } from '../ui/curl';
import { Empty } from '../ui/notices';
import { useToast } from '../ui/toasts';

export const example: JsonObject = {
  name: 'greeting',
  labels: { team: 'demo' },
  dag: {
    nodes: [
      { id: 'who', handler: 'input', config: { name: 'world' } },
      {
        id: 'polite',
        handler: 'transform',
        dependencies: ['who'],
        config: { text: 'Good evening, ${who.output.name}.' },
      },
      { id: 'pause', handler: 'delay', dependencies: ['who'], config: { duration: 'PT2S' } },
      {
        id: 'casual',
        handler: 'transform',
        dependencies: ['pause'],
        config: { text: 'Hi ${who.output.name}!' },
      },
      { id: 'both', handler: 'output', dependencies: ['polite', 'casual'] },
    ],
  },
};

/** Submits and triggers the example. */
async function runExample(): Promise<string> {
  const { execution_id } = await engine.submit(example);
  await engine.trigger(execution_id, { name: 'Ada' });
  return execution_id;
}

/** Where there is nothing yet: something to run, here or from a terminal. */
export function FirstSteps() {
  const navigate = useNavigate();
  const toast = useToast();
  const [running, setRunning] = useState(false);
  const run = (): void => {
    setRunning(true);
    runExample()
      .then((id) => navigate(`/executions/${id}`))
      .catch((error: unknown) => {
        setRunning(false);
        toast(faultText(error), 'fault');
      });
  };
  return (
    <Empty title="No execution yet">
      <p>A workflow is plain JSON. Here is one with five nodes; run it and watch.</p>
      <button type="button" className="primary" disabled={running} onClick={run}>
        <Play size={14} aria-hidden /> Run this example
      </button>
      <ExampleCommand path="/workflow" note="The same from a terminal (it then waits for its trigger)" />
    </Empty>
  );
}

/** The command that posts the example. */
export function ExampleCommand({ path, note }: { readonly path: string; readonly note: string }) {
  const curl = curlOf(location.origin + path, example);
  return (
    <div className="example">
      <div className="example-bar">
        <span className="muted">{note}</span>
        <CopyButton text={curl} label="Copy the curl command" />
      </div>
      <pre tabIndex={0}>{curl}</pre>
    </div>
  );
}
