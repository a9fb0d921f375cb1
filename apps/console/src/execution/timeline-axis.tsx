import { useLayoutEffect, useRef, useState } from 'react';

import { duration } from '../ui/format';
import { labelledTicks, type TimeRange } from './bars';

/** Marks of the time since the start, as many as there is room for. */
export function TimelineAxis({ shown }: { readonly shown: TimeRange }) {
  const axis = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = axis.current;
    if (element === null) return;
    setWidth(element.clientWidth);
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const { from, to } = shown;
  return (
    <div className="timeline-axis" ref={axis} aria-hidden>
      {labelledTicks(shown, width).map((tick) => (
        <span key={tick} style={{ left: `${((tick - from) / (to - from)) * 100}%` }}>
          {duration(tick)}
        </span>
      ))}
    </div>
  );
}
