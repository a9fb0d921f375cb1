import type { JournalEvent } from '@workflow-engine/contracts';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Download } from 'lucide-react';
import { useDeferredValue, useMemo, useRef, useState } from 'react';

import { clockTime, count, duration, plural } from '../ui/format';
import { download } from '../ui/json-view';
import { SearchField } from '../ui/search-field';
import { describeEvent, toneOfEvent } from './describe-event';

const rowHeight = 34;

export interface JournalListProps {
  readonly events: readonly JournalEvent[];
  /** Of the file that the journal is downloaded as. */
  readonly name: string;
  readonly at: number | undefined;
  readonly onGoTo: (seq: number) => void;
  readonly onSelect: (id: string) => void;
}

/** What happened, in order; a click on a line turns everything back to that moment. */
export function JournalList({ events, name, at, onGoTo, onSelect }: JournalListProps) {
  const [search, setSearch] = useState('');
  const wanted = useDeferredValue(search.trim().toLowerCase());
  const found = useMemo(
    () => (wanted === '' ? events : events.filter((event) => textOf(event).includes(wanted))),
    [events, wanted],
  );
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: found.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const start = Date.parse(events[0]?.at ?? '');
  return (
    <>
      <div className="tools">
        <SearchField
          aria-label="Find events"
          placeholder="find event"
          value={search}
          onChange={({ target }) => setSearch(target.value)}
        />
        <span className="muted number" role="status">
          {wanted === ''
            ? plural(events.length, 'event')
            : `${count(found.length)} of ${plural(events.length, 'event')}`}
        </span>
        <span className="spacer" />
        <button
          type="button"
          disabled={events.length === 0}
          onClick={() => download(JSON.stringify(events, null, 2), `${name}.json`)}
        >
          <Download size={14} aria-hidden /> Download
        </button>
      </div>
      <div className="journal" ref={scroller} tabIndex={0} role="region" aria-label="Journal">
        {events.length === 0 && (
          <p className="muted timeline-empty">Nothing has happened yet: it waits for its trigger.</p>
        )}
        <ol style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start: top }) => {
            const event = found[index];
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
                  <span className="muted journal-seq">{event.seq}</span> +{duration(time - start)}
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
    </>
  );
}

/** What one would look for: type, node and the words of its line. */
function textOf(event: JournalEvent): string {
  const node = 'node_id' in event ? (event.node_id ?? '') : '';
  return `${event.type} ${node} ${describeEvent(event)}`.toLowerCase();
}
