import { useVirtualizer } from '@tanstack/react-virtual';
import { Maximize2, Minus, Plus } from 'lucide-react';
import { useMemo, useRef } from 'react';

import type { WorkflowGraph } from '../graph/workflow-graph';
import { criticalPath } from '../journal/critical-path';
import type { JournalState } from '../journal/fold';
import { count, duration, plural } from '../ui/format';
import { useNow } from '../ui/now';
import { StatusIcon, statusWord, toneOf } from '../ui/status';
import { type Bar, type BarRow, barRows, rowsWithin, type TimeRange, zoomed } from './bars';
import { TimeBrush } from './time-brush';
import { TimelineAxis } from './timeline-axis';

const rowHeight = 30;
/** What a bar looks like, in words and classes. */
const legend = [
  ['queued', 'bar-queued'],
  ['running', 'bar-running tone-running'],
  ['completed', 'bar-running tone-completed'],
  ['failed', 'bar-running tone-failed'],
  ['waiting', 'bar-waiting'],
  ['critical path', 'bar-running tone-completed bar-critical'],
] as const;

export interface TimelineProps {
  readonly graph: WorkflowGraph;
  readonly state: JournalState;
  readonly isLive: boolean;
  readonly selected: string | undefined;
  readonly onSelect: (id: string) => void;
  /** The part of the time that is shown; undefined is all of it. */
  readonly range: TimeRange | undefined;
  readonly onRange: (range: TimeRange | undefined) => void;
}

/** A bar per attempt; the critical path, which decided the duration, is outlined. */
export function Timeline({ graph, state, isLive, selected, onSelect, range, onRange }: TimelineProps) {
  const clock = useNow();
  const latest = state.at ?? clock;
  const now = isLive && state.finishedAt === undefined ? Math.max(clock, latest) : latest;
  const all = useMemo(() => barRows(state, now), [state, now]);
  const critical = useMemo(() => new Set(criticalPath(graph, state)), [graph, state]);
  const start = state.startedAt ?? now;
  const span = Math.max(1, (state.finishedAt ?? now) - start);
  const shown = range ?? { from: 0, to: span };
  const rows = range === undefined ? all : rowsWithin(all, start, range);
  const zoom = (factor: number): void => {
    const next = zoomed(shown, factor, span);
    onRange(next.to - next.from >= span ? undefined : next);
  };
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
  });
  return (
    <>
      <div className="tools">
        <ul className="legend">
          {legend.map(([name, look]) => (
            <li key={name}>
              <i className={`bar ${look}`} /> {name}
            </li>
          ))}
        </ul>
        <span className="spacer" />
        <button
          type="button"
          className="icon-button"
          aria-label="All of the time"
          disabled={range === undefined}
          onClick={() => onRange(undefined)}
        >
          <Maximize2 size={14} aria-hidden />
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label="Zoom out"
          disabled={range === undefined}
          onClick={() => zoom(0.5)}
        >
          <Minus size={14} aria-hidden />
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label="Zoom in"
          disabled={shown.to - shown.from <= 1}
          onClick={() => zoom(2)}
        >
          <Plus size={14} aria-hidden />
        </button>
      </div>
      {all.length > 0 && (
        <div className="timeline-overview">
          <p className="number muted" role="status">
            {duration(shown.from)} – {duration(shown.to)}
            <br />
            {range !== undefined && `${count(rows.length)} of ${plural(all.length, 'node')}`}
          </p>
          <TimeBrush rows={all} start={start} span={span} range={range} onChange={onRange} />
        </div>
      )}
      <div className="timeline" ref={scroller} tabIndex={0} role="region" aria-label="Timeline">
        <div className="timeline-inner">
          <TimelineAxis shown={shown} />
          <ul style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map(({ index, start: top }) => {
              const row = rows[index];
              return row === undefined ? null : (
                <Row
                  key={row.node.id}
                  row={row}
                  top={top}
                  start={start + shown.from}
                  span={shown.to - shown.from}
                  isCritical={critical.has(row.node.id)}
                  isSelected={row.node.id === selected}
                  onSelect={onSelect}
                />
              );
            })}
          </ul>
          {all.length === 0 && <p className="muted timeline-empty">Nothing has begun at this moment.</p>}
        </div>
      </div>
    </>
  );
}

interface RowProps {
  readonly row: BarRow;
  readonly top: number;
  readonly start: number;
  readonly span: number;
  readonly isCritical: boolean;
  readonly isSelected: boolean;
  readonly onSelect: (id: string) => void;
}

function Row({ row, top, start, span, isCritical, isSelected, onSelect }: RowProps) {
  const { node, bars } = row;
  return (
    <li
      className={isSelected ? 'timeline-row timeline-selected' : 'timeline-row'}
      style={{ transform: `translateY(${top}px)` }}
    >
      <button
        type="button"
        className="timeline-name"
        data-row
        onClick={() => onSelect(node.id)}
        title={node.id}
      >
        <StatusIcon status={node.status} size={14} />
        <span className="visually-hidden">{statusWord(node.status)} </span>
        <span className="ellipsis">{node.id}</span>
      </button>
      <div className="timeline-bars">
        {bars.map((bar, index) => (
          <i
            key={index}
            className={`bar bar-${bar.kind} ${toneOfBar(bar)} ${isCritical && bar.kind !== 'queued' ? 'bar-critical' : ''}`}
            style={{
              left: `${((bar.from - start) / span) * 100}%`,
              width: `max(3px, ${((bar.to - bar.from) / span) * 100}%)`,
            }}
            title={`${bar.kind} ${duration(bar.to - bar.from)}${bar.kind === 'running' ? `, attempt ${bar.attempt}` : ''}`}
          />
        ))}
      </div>
    </li>
  );
}

function toneOfBar({ kind, outcome }: Bar): string {
  if (kind !== 'running') return '';
  if (outcome === undefined) return toneOf('RUNNING');
  return toneOf(outcome === 'RETRY' ? 'FAILED' : outcome);
}
