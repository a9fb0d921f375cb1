import type { JournalState } from '../journal/fold';
import { JsonView } from '../ui/json-view';
import type { ExecutionOnShow } from './use-execution';

export function InputOutput({
  shown,
  state,
}: {
  readonly shown: ExecutionOnShow;
  readonly state: JournalState;
}) {
  return (
    <div className="io">
      <section>
        <h2>Input</h2>
        {state.input === undefined ? (
          <p className="muted">It waits for its trigger.</p>
        ) : (
          <JsonView value={state.input} name="input" />
        )}
      </section>
      <section>
        <h2>Output</h2>
        {state.output === undefined ? (
          <p className="muted">
            There is none {state.finishedAt === undefined ? 'yet' : 'since it did not complete'}.
          </p>
        ) : (
          <JsonView value={state.output} name="output" />
        )}
      </section>
      <section>
        <h2>Definition</h2>
        <JsonView
          value={shown.definition.definition}
          name={`${shown.summary.name}-v${shown.summary.version}`}
        />
      </section>
    </div>
  );
}
