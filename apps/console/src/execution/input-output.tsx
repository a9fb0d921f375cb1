import type { JournalState } from '../journal/fold';
import { CopyButton } from '../ui/copy-button';
import { curlOf } from '../ui/curl';
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
        {state.input === undefined ? (
          <>
            <h2>Input</h2>
            <p className="muted">It waits for its trigger.</p>
          </>
        ) : (
          <>
            <JsonView value={state.input} name="input" title={<h2>Input</h2>} />
            <p>
              <CopyButton
                text={curlOf(startUrl(shown), { version: shown.summary.version, input: state.input })}
                label="Copy a command that starts a new execution with this input"
                word="Copy as curl"
              />
            </p>
          </>
        )}
      </section>
      <section>
        {state.output === undefined ? (
          <>
            <h2>Output</h2>
            <p className="muted">
              {state.finishedAt === undefined ? 'There is none yet.' : 'There is none: it did not complete.'}
            </p>
          </>
        ) : (
          <JsonView value={state.output} name="output" title={<h2>Output</h2>} />
        )}
      </section>
      <section>
        <JsonView
          title={<h2>Definition</h2>}
          value={shown.definition.definition}
          name={`${shown.summary.name}-v${shown.summary.version}`}
        />
      </section>
    </div>
  );
}

function startUrl({ summary }: ExecutionOnShow): string {
  return `${location.origin}/api/v1/definitions/${encodeURIComponent(summary.name)}/executions`;
}
