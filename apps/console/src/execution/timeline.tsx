import { useVirtualizer } from '@tanstack/react-virtual';
import { Minus, Plus } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';

import type { WorkflowGraph } from '../graph/workflow-graph';
import { criticalPath } from '../journal/critical-path';
import type { JournalState } from '../journal/fold';
import { duration } from '../ui/format';
import { useNow } from '../ui/now';
import { StatusIcon, statusWord, toneOf } from '../ui/status';
import { type Bar, type BarRow, barRows, ticks } from './bars';

const rowHeight = 30;
const zooms = [1, 2, 4, 8, 16, 32];

export interface TimelineProps {
  readonly graph: WorkflowGraph;
  readonly state: JournalState;
  readonly isLive: boolean;
  readonly selected: string | undefined;
  readonly onSelect: (id: string) => void;
}

/** A bar per attempt; the chain that decided the duration is outlined. */
export function Timeline({ graph, state, isLive, selected, onSelect }: TimelineProps) {
  const clock = useNow();
  const latest = state.at ?? clock;
  const now = isLive && state.finishedAt === undefined ? Math.max(clock, latest) : latest;
  const rows = useMemo(() => barRows(state, now), [state, now]);
  const critical = useMemo(() => new Set(criticalPath(graph, state)), [graph, state]);
  const start = state.startedAt ?? now;
  const span = Math.max(1, (state.finishedAt ?? now) - start);
  const [zoom, setZoom] = useState(0);
  const factor = zooms[zoom] ?? 1;
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
          <li>
            <i className="bar bar-queued" /> queued
          </li>
          <li>
            <i className="bar bar-running tone-running" /> running
          </li>
          <li>
            <i className="bar bar-waiting" /> waiting
          </li>
          <li>
            <i className="bar bar-running tone-completed bar-critical" /> decided the duration
          </li>
        </ul>
        <span className="spacer" />
        <button
          type="button"
          className="icon-button"
          aria-label="Zoom out"
          disabled={zoom === 0}
          onClick={() => setZoom(zoom - 1)}
        >
          <Minus size={14} aria-hidden />
        </button>
        <span className="number muted">{factor}×</span>
        <button
          type="button"
          className="icon-button"
          aria-label="Zoom in"
          disabled={zoom === zooms.length - 1}
          onClick={() => setZoom(zoom + 1)}
        >
          <Plus size={14} aria-hidden />
        </button>
      </div>
      <div className="timeline" ref={scroller} tabIndex={0} role="region" aria-label="Timeline">
        <div className="timeline-inner" style={{ width: `${factor * 100}%` }}>
          <div className="timeline-axis" aria-hidden>
            {ticks(span, 6 * factor).map((tick) => (
              <span key={tick} style={{ left: `${(tick / span) * 100}%` }}>
                {duration(tick)}
              </span>
            ))}
          </div>
          <ul style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map(({ index, start: top }) => {
              const row = rows[index];
              return row === undefined ? null : (
                <Row
                  key={row.node.id}
                  row={row}
                  top={top}
                  start={start}
                  span={span}
                  isCritical={critical.has(row.node.id)}
                  isSelected={row.node.id === selected}
                  onSelect={onSelect}
                />
              );
            })}
          </ul>
          {rows.length === 0 && <p className="muted timeline-empty">Nothing has begun at this moment.</p>}
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
