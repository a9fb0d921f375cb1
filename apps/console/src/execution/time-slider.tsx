import type { JournalEvent } from '@workflow-engine/contracts';
import { SkipBack, SkipForward } from 'lucide-react';
import { useEffect, useState } from 'react';

import { clockTime } from '../ui/format';

/** Browsers refuse more than about a hundred changes of the address in 30 s. */
const settleMs = 60;

export interface TimeSliderProps {
  readonly events: readonly JournalEvent[];
  readonly at: number | undefined;
  readonly onChange: (at: number | undefined) => void;
}

/** Replays the journal: graph, timeline and inspector show the moment after the chosen event. */
export function TimeSlider({ events, at, onChange }: TimeSliderProps) {
  const last = events.length;
  const [position, setPosition] = useState<number>();
  useEffect(() => {
    if (position === undefined) return;
    const timer = setTimeout(() => {
      onChange(position >= last ? undefined : position);
      setPosition(undefined);
    }, settleMs);
    return () => clearTimeout(timer);
  }, [position, last, onChange]);
  const shown = Math.min(last, position ?? at ?? last);
  const event = events[shown - 1];
  const isNow = shown === last;
  return (
    <div className="slider">
      <button
        type="button"
        className="icon-button"
        aria-label="One event back"
        disabled={shown === 0}
        onClick={() => setPosition(shown - 1)}
      >
        <SkipBack size={14} aria-hidden />
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label="One event on"
        disabled={isNow}
        onClick={() => setPosition(shown + 1)}
      >
        <SkipForward size={14} aria-hidden />
      </button>
      <input
        type="range"
        aria-label="Moment in the journal"
        aria-valuetext={
          event === undefined ? 'before the first event' : `${event.seq} of ${last}: ${event.type}`
        }
        min={0}
        max={last}
        value={shown}
        disabled={last === 0}
        onChange={({ target }) => setPosition(Number(target.value))}
      />
      <span className="slider-what number">
        {event === undefined ? (
          <span className="muted">before the first event</span>
        ) : (
          <>
            <span className="muted">{clockTime(Date.parse(event.at))}</span> {event.type}{' '}
            {'node_id' in event ? event.node_id : ''}
          </>
        )}
      </span>
      <button type="button" className="slider-now" disabled={isNow} onClick={() => setPosition(last)}>
        {isNow ? 'Now' : 'Back to now'}
      </button>
    </div>
  );
}
