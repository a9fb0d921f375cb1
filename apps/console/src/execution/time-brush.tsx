import { type KeyboardEvent, type PointerEvent, useMemo, useRef } from 'react';

import { duration } from '../ui/format';
import { type BarRow, load, type TimeRange } from './bars';

const parts = 120;
/** Of the whole time: a press of a key, a press of a large one, and what a drag must exceed to mean something. */
const step = 0.01;
const largeStep = 0.1;
const leastDrag = 0.005;

export interface TimeBrushProps {
  readonly rows: readonly BarRow[];
  readonly start: number;
  readonly span: number;
  /** Undefined is the whole time. */
  readonly range: TimeRange | undefined;
  readonly onChange: (range: TimeRange | undefined) => void;
}

/** The whole time, with how much went on; a part of it is chosen by dragging, or with the keys of its two ends. */
export function TimeBrush({ rows, start, span, range, onChange }: TimeBrushProps) {
  const strip = useRef<HTMLDivElement>(null);
  const anchor = useRef<number>(undefined);
  const { from, to } = range ?? { from: 0, to: span };
  const outline = useMemo(() => outlineOf(load(rows, start, span, parts)), [rows, start, span]);
  const timeAt = ({ clientX }: PointerEvent): number => {
    const { left = 0, width = 1 } = strip.current?.getBoundingClientRect() ?? {};
    return Math.min(1, Math.max(0, (clientX - left) / width)) * span;
  };
  const drag = (event: PointerEvent): void => {
    const [one, other] = [anchor.current, timeAt(event)];
    if (one === undefined || Math.abs(other - one) < leastDrag * span) return;
    onChange({ from: Math.min(one, other), to: Math.max(one, other) });
  };
  const move = (end: keyof TimeRange, to_: number): void => {
    const least = step * span;
    if (end === 'from') onChange({ from: Math.min(to - least, Math.max(0, to_)), to });
    else onChange({ from, to: Math.max(from + least, Math.min(span, to_)) });
  };
  const percent = (at: number): string => `${(at / span) * 100}%`;
  return (
    <div
      className="brush"
      ref={strip}
      title="Drag to choose a part of the time"
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        const end = (event.target as HTMLElement).dataset.end;
        // From an end on, its opposite stays.
        anchor.current = end === 'from' ? to : end === 'to' ? from : timeAt(event);
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={drag}
      onPointerUp={() => (anchor.current = undefined)}
      onPointerCancel={() => (anchor.current = undefined)}
      onDoubleClick={() => onChange(undefined)}
    >
      <svg viewBox={`0 0 ${parts} 1`} preserveAspectRatio="none" aria-hidden>
        <path d={outline} />
      </svg>
      <div className="brush-window" style={{ left: percent(from), width: percent(to - from) }} />
      {(['from', 'to'] as const).map((end) => {
        const at = end === 'from' ? from : to;
        return (
          <div
            key={end}
            className="brush-end"
            data-end={end}
            role="slider"
            tabIndex={0}
            aria-label={end === 'from' ? 'Beginning of the shown time' : 'End of the shown time'}
            aria-valuemin={0}
            aria-valuemax={Math.round(span)}
            aria-valuenow={Math.round(at)}
            aria-valuetext={duration(at)}
            style={{ left: percent(at) }}
            onKeyDown={(event) => {
              const next = keyed(event, at, span);
              if (next !== undefined) move(end, next);
            }}
          />
        );
      })}
    </div>
  );
}

/** The keys of a slider (ARIA Authoring Practices Guide). */
function keyed(event: KeyboardEvent, at: number, span: number): number | undefined {
  const by: Readonly<Record<string, number>> = {
    ArrowLeft: -step,
    ArrowDown: -step,
    ArrowRight: step,
    ArrowUp: step,
    PageDown: -largeStep,
    PageUp: largeStep,
    Home: -1,
    End: 1,
  };
  const change = by[event.key];
  if (change === undefined) return undefined;
  event.preventDefault();
  return at + change * span;
}

function outlineOf(counts: readonly number[]): string {
  const most = Math.max(1, ...counts);
  const steps = counts.map(
    (count, index) => `L${index} ${1 - count / most}L${index + 1} ${1 - count / most}`,
  );
  return `M0 1${steps.join('')}L${counts.length} 1Z`;
}
