import { count } from '../ui/format';

interface LoadProps {
  readonly tasks: number;
  readonly concurrency: number;
}

/** How much of what a worker can do at a time it does. */
export function Load({ tasks, concurrency }: LoadProps) {
  return (
    <span className="load number">
      <meter min={0} max={concurrency} value={tasks} aria-label="Tasks in progress" />
      <span>
        {count(tasks)} <span className="muted">of {count(concurrency)}</span>
      </span>
    </span>
  );
}
