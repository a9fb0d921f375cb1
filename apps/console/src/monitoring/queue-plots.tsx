import { count, duration, plural } from '../ui/format';
import { StatusIcon } from '../ui/status';
import { Plot } from './plot';
import { type QueueSample, seenMs } from './queue-samples';

/** What this browser has seen of the queues: tasks, how long they wait, and what waits for the archive. */
export function QueuePlots({ samples }: { readonly samples: readonly QueueSample[] }) {
  const last = samples.at(-1);
  const to = last?.at ?? Date.now();
  const span = {
    times: samples.map(({ at }) => at),
    from: to - seenMs,
    to,
    note: 'last 5 minutes',
  };
  const valuesOf = (value: (sample: QueueSample) => number) => samples.map(value);
  const [waiting, inProgress, oldest, lag] = [
    last?.waiting ?? 0,
    last?.inProgress ?? 0,
    last?.oldestMs ?? 0,
    last?.archiveLag ?? 0,
  ];
  return (
    <>
      <Plot
        {...span}
        title="Tasks in queues"
        least={4}
        unit="count"
        summary={`${plural(waiting, 'task')} waiting for a worker, ${count(inProgress)} in progress`}
        series={[
          {
            name: 'waiting',
            icon: <StatusIcon status="SCHEDULED" size={13} />,
            colour: '--scheduled',
            kind: 'area',
            values: valuesOf((sample) => sample.waiting),
            total: waiting,
          },
          {
            name: 'in progress',
            icon: <StatusIcon status="RUNNING" size={13} />,
            colour: '--running',
            kind: 'line',
            values: valuesOf((sample) => sample.inProgress),
            total: inProgress,
          },
        ]}
      />
      <Plot
        {...span}
        title="Oldest waiting task"
        least={1_000}
        unit="duration"
        summary={
          waiting === 0 ? 'no task waits' : `the oldest task in a queue has waited for ${duration(oldest)}`
        }
        series={[
          {
            name: 'has waited',
            colour: '--waiting',
            kind: 'area',
            values: valuesOf(({ oldestMs }) => oldestMs),
            total: oldest,
          },
        ]}
      />
      <Plot
        {...span}
        title="Archive lag"
        least={4}
        unit="count"
        summary={lag === 0 ? 'everything is archived' : `${plural(lag, 'part')} of journals not archived yet`}
        series={[
          {
            name: 'not archived yet',
            colour: '--parked',
            kind: 'area',
            values: valuesOf(({ archiveLag }) => archiveLag),
            total: lag,
          },
        ]}
      />
    </>
  );
}
