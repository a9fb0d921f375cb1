import type { WorkerSummary } from '@workflow-engine/contracts';
import { Link } from 'react-router';

import { plural } from '../ui/format';
import { Load } from './load';

const shown = 6;

/** The busiest workers, briefly. */
export function WorkerList({ workers }: { readonly workers: readonly WorkerSummary[] | undefined }) {
  if (workers === undefined) return null;
  if (workers.length === 0) return <p className="muted">No worker is there: tasks wait until one comes.</p>;
  const busiest = workers.toSorted((a, b) => b.in_progress - a.in_progress).slice(0, shown);
  return (
    <ul>
      {busiest.map(({ id, in_progress: tasks, concurrency }) => (
        <li key={id}>
          <code className="ellipsis panel-grow" title={id}>
            {id}
          </code>
          <Load tasks={tasks} concurrency={concurrency} />
        </li>
      ))}
      {workers.length > shown && (
        <li>
          <Link to="/queues">and {plural(workers.length - shown, 'more worker')}</Link>
        </li>
      )}
    </ul>
  );
}
