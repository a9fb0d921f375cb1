import { absoluteTime, ago, duration } from './format';
import { useNow } from './now';

export function Ago({ at }: { readonly at: string }) {
  const time = Date.parse(at);
  return (
    <time dateTime={at} title={absoluteTime(time)}>
      {ago(time, Math.max(useNow(), time))}
    </time>
  );
}

/** From one time to another, or to now. */
export function Elapsed({ from, to }: { readonly from: string; readonly to: string | null }) {
  const now = useNow();
  const start = Date.parse(from);
  return <span className="number">{duration(to === null ? now - start : Date.parse(to) - start)}</span>;
}
