import '../styles/monitoring.css';

import type { ExecutionStatus, Statistics } from '@workflow-engine/contracts';
import { Inbox } from 'lucide-react';
import { Link, useSearchParams } from 'react-router';

import { FirstSteps } from '../pages/first-steps';
import { count } from '../ui/format';
import { Fault } from '../ui/notices';
import { StatusIcon, statusWord } from '../ui/status';
import { useTitle } from '../ui/title';
import { LatestExecutions } from './latest-executions';
import { QueuePlots } from './queue-plots';
import { ThroughputPlots } from './throughput-plots';
import { boundedCount, sumOf } from './totals';
import { useLatest, useQueues, useStatistics, useWorkers } from './use-monitoring';
import { type Window, windowOf, windows } from './windows';
import { WorkerList } from './worker-list';

/** What runs, what fails, and how the engine does. */
export default function HomePage() {
  useTitle('Home');
  const [parameters, setParameters] = useSearchParams();
  const window = windowOf(parameters.get('window'));
  const statistics = useStatistics(window);
  const queues = useQueues();
  const workers = useWorkers();
  const [running, failed] = [useLatest('running'), useLatest('failed')];
  const known = statistics.data;
  const isNew = known !== undefined && Object.values(known.executions).every((number) => number === 0);
  // What is away shows at its place; one notice is enough when nothing answers.
  const fault = statistics.error;
  const queuesFault = fault === null ? queues.error : null;
  return (
    <div className="page">
      <header className="page-head">
        <h1>Home</h1>
        <span className="spacer" />
        {!isNew && (
          <WindowChoice
            window={window}
            choose={(next) => setParameters({ window: next }, { replace: true })}
          />
        )}
      </header>
      {fault !== null && <Fault error={fault} retry={() => void statistics.refetch()} />}
      {isNew ? (
        <FirstSteps />
      ) : (
        <>
          <Counts statistics={known} window={window} />
          <section className="plots plots-two" aria-label="Throughput and time to complete">
            <ThroughputPlots statistics={known} window={window} />
          </section>
          {queuesFault !== null && <Fault error={queuesFault} retry={() => void queues.refetch()} />}
          <section className="plots plots-three" aria-label="Queues and archive">
            <QueuePlots samples={queues.data?.samples ?? []} />
          </section>
          <div className="panels">
            <LatestExecutions
              title="Latest failures"
              all="/executions?status=FAILED&status=TIMED_OUT"
              none="Nothing has failed."
              page={failed.data}
            />
            <LatestExecutions
              title="Running now"
              all="/executions?status=RUNNING"
              none="Nothing runs at the moment."
              page={running.data}
            />
            <section className="panel">
              <header>
                <h2>Workers</h2>
                <Link to="/queues">Queues</Link>
              </header>
              <WorkerList workers={workers.data?.items} />
            </section>
          </div>
        </>
      )}
    </div>
  );
}

interface WindowChoiceProps {
  readonly window: Window;
  readonly choose: (window: Window) => void;
}

function WindowChoice({ window, choose }: WindowChoiceProps) {
  return (
    <label className="window-choice">
      <span className="muted">the last</span>
      <select value={window} onChange={({ target }) => choose(windowOf(target.value))}>
        {Object.entries(windows).map(([id, { name }]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

interface CountsProps {
  readonly statistics: Statistics | undefined;
  readonly window: Window;
}

/** Each number leads to what it counts. */
function Counts({ statistics, window }: CountsProps) {
  const { name, within } = windows[window];
  const now = (['RUNNING', 'PENDING', 'PAUSED'] as const).map((status) => ({
    status,
    value: statistics && boundedCount(statistics.executions[status]),
    to: `/executions?status=${status}`,
  }));
  const keys = {
    COMPLETED: 'completed',
    FAILED: 'failed',
    TIMED_OUT: 'timed_out',
    CANCELLED: 'cancelled',
  } as const;
  const ended = Object.entries(keys).map(([status, key]) => ({
    status: status as keyof typeof keys,
    value: statistics && count(sumOf(statistics.intervals, (interval) => interval[key])),
    to: `/executions?status=${status}&within=${within}`,
  }));
  return (
    <div className="counts">
      <section aria-label="Executions now">
        <h3>now</h3>
        <ul>
          {now.map((one) => (
            <Count key={one.status} {...one} />
          ))}
          <li>
            <Link to="/dead-letters">
              <strong className="number">
                <Inbox size={16} aria-hidden />
                {statistics ? boundedCount(statistics.dead_letters) : '–'}
              </strong>
              <span className="muted">dead letters</span>
            </Link>
          </li>
        </ul>
      </section>
      <section aria-label={`Executions that ended in the last ${name}`}>
        <h3>ended in the last {name}</h3>
        <ul>
          {ended.map((one) => (
            <Count key={one.status} {...one} />
          ))}
        </ul>
      </section>
    </div>
  );
}

interface CountProps {
  readonly status: ExecutionStatus;
  readonly value: string | undefined;
  readonly to: string;
}

function Count({ status, value, to }: CountProps) {
  return (
    <li>
      <Link to={to}>
        <strong className="number">
          <StatusIcon status={status} />
          {value ?? '–'}
        </strong>
        <span className="muted">{statusWord(status)}</span>
      </Link>
    </li>
  );
}
