import type { JournalEvent } from '@workflow-engine/contracts';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';

import { clockTime, duration } from '../ui/format';
import { describeEvent, toneOfEvent } from './describe-event';

const rowHeight = 34;

export interface JournalListProps {
  readonly events: readonly JournalEvent[];
  readonly at: number | undefined;
  readonly onGoTo: (seq: number) => void;
  readonly onSelect: (id: string) => void;
}

/** What happened, in order; a click on a line turns everything back to that moment. */
export function JournalList({ events, at, onGoTo, onSelect }: JournalListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const start = Date.parse(events[0]?.at ?? '');
  return (
    <div className="journal" ref={scroller} tabIndex={0} role="region" aria-label="Journal">
      {events.length === 0 && (
        <p className="muted timeline-empty">Nothing has happened yet: it waits for its trigger.</p>
      )}
      <ol style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start: top }) => {
          const event = events[index];
          if (event === undefined) return null;
          const time = Date.parse(event.at);
          const nodeId = 'node_id' in event ? event.node_id : undefined;
          const isPast = at === undefined || event.seq <= at;
          return (
            <li
              key={event.seq}
              className={isPast ? 'journal-row' : 'journal-row journal-later'}
              style={{ transform: `translateY(${top}px)` }}
            >
              <button
                type="button"
                className="journal-time number"
                data-row
                title={`Show everything as it was at ${clockTime(time)}`}
                onClick={() => onGoTo(event.seq)}
              >
                <span className="muted">{event.seq}</span> +{duration(time - start)}
              </button>
              <span className={`journal-type ${toneOfEvent(event)}`}>{event.type}</span>
              {nodeId !== undefined && (
                <button type="button" className="link-button ellipsis" onClick={() => onSelect(nodeId)}>
                  {nodeId}
                </button>
              )}
              <span className="muted ellipsis">{describeEvent(event)}</span>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
