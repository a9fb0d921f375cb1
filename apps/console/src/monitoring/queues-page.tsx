import '../styles/monitoring.css';

import type { Queue, WorkerSummary } from '@workflow-engine/contracts';
import { TriangleAlert } from 'lucide-react';
import { Link } from 'react-router';

import { count, duration, plural } from '../ui/format';
import { Empty, Fault } from '../ui/notices';
import { Ago } from '../ui/time';
import { useTitle } from '../ui/title';
import { Load } from './load';
import { useQueues, useWorkers } from './use-monitoring';

/** Who runs what, and what waits for it. */
export default function QueuesPage() {
  useTitle('Queues and workers');
  const queues = useQueues();
  const workers = useWorkers();
  const fault = queues.error ?? workers.error;
  const lag = queues.data?.queues.archive_lag;
  return (
    <div className="page">
      <header className="page-head">
        <h1>Queues and workers</h1>
      </header>
      {fault !== null && (
        <Fault
          error={fault}
          retry={() => {
            void queues.refetch();
            void workers.refetch();
          }}
        />
      )}
      {queues.data !== undefined && <Queues queues={queues.data.queues.items} />}
      {workers.data !== undefined && <Workers workers={workers.data.items} />}
      {lag !== undefined && (
        <p className="muted number">
          {lag === 0
            ? 'Archive: up to date, everything that was decided is in the system of record.'
            : `Archive: ${plural(lag, 'part')} of journals on the way to the system of record.`}
        </p>
      )}
    </div>
  );
}

function Queues({ queues }: { readonly queues: readonly Queue[] }) {
  if (queues.length === 0) {
    return (
      <Empty title="No queue yet">
        <p>A queue is there as soon as a task was in it or a worker serves it.</p>
      </Empty>
    );
  }
  return (
    <div className="grid-table" role="region" aria-label="Queues" tabIndex={0}>
      <table>
        <caption>Queues</caption>
        <thead>
          <tr>
            <th scope="col">Queue</th>
            <th scope="col">Waiting</th>
            <th scope="col">In progress</th>
            <th scope="col">Oldest task</th>
            <th scope="col">Workers</th>
          </tr>
        </thead>
        <tbody>
          {queues.map(({ name, waiting, in_progress: inProgress, oldest_waiting_ms: oldest, workers }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{count(waiting)}</td>
              <td>{count(inProgress)}</td>
              <td>{oldest === null ? <span className="muted">–</span> : duration(oldest)}</td>
              <td>
                {workers === 0 && waiting > 0 ? (
                  <span className="badge tone-failed">
                    <TriangleAlert size={14} aria-hidden /> none
                  </span>
                ) : (
                  count(workers)
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Workers({ workers }: { readonly workers: readonly WorkerSummary[] }) {
  if (workers.length === 0) {
    return (
      <Empty title="No worker is there">
        <p>
          Tasks wait in their queues until one comes, for example <code>node apps/worker/dist/main.js</code>.
        </p>
      </Empty>
    );
  }
  return (
    <div className="grid-table" role="region" aria-label="Workers" tabIndex={0}>
      <table>
        <caption>
          Workers <span className="muted number">{count(workers.length)}</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">Worker</th>
            <th scope="col">Queues</th>
            <th scope="col">Handlers</th>
            <th scope="col">Tasks</th>
            <th scope="col" className="wide-only">
              Started
            </th>
            <th scope="col">Seen</th>
          </tr>
        </thead>
        <tbody>
          {workers.map((worker) => (
            <tr key={worker.id}>
              <th scope="row">
                <code>{worker.id}</code>
              </th>
              <td>
                <Names names={worker.queues} />
              </td>
              <td>
                <Names names={worker.handlers} />
              </td>
              <td>
                <Load tasks={worker.in_progress} concurrency={worker.concurrency} />
                <TasksInWork worker={worker} />
              </td>
              <td className="muted wide-only">
                <Ago at={worker.started_at} />
              </td>
              <td className="muted">
                <Ago at={worker.seen_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What it has been at for longest. */
function TasksInWork({ worker }: { readonly worker: WorkerSummary }) {
  const { tasks, in_progress: all } = worker;
  if (tasks.length === 0) return null;
  return (
    <ul className="tasks-in-work">
      {tasks.map(({ execution_id: id, node_id: node, handler, started_at: startedAt }) => (
        <li key={`${id} ${node}`}>
          <Link to={`/executions/${id}?node=${encodeURIComponent(node)}`} title={`Execution ${id}`}>
            {node}
          </Link>{' '}
          <span className="muted">
            {handler}, <Ago at={startedAt} />
          </span>
        </li>
      ))}
      {all > tasks.length && <li className="muted">and {count(all - tasks.length)} more</li>}
    </ul>
  );
}

function Names({ names }: { readonly names: readonly string[] }) {
  return (
    <ul className="names">
      {names.map((name) => (
        <li key={name} className="label">
          {name}
        </li>
      ))}
    </ul>
  );
}
