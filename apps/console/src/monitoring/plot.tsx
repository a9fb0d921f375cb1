import 'uplot/dist/uPlot.min.css';

import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import UPlot from 'uplot';

import { drawingOrder, plotOptions } from './plot-options';
import { type Unit, units } from './units';
import { useTheme } from '../ui/use-theme';

export interface PlotSeries {
  readonly name: string;
  /** A custom property of the style sheets, such as `--completed`. */
  readonly colour: string;
  /** Shown beside the name: colour alone does not carry a meaning. */
  readonly icon?: ReactNode;
  readonly kind: 'bars' | 'line' | 'dashes' | 'area';
  /** What is as it should be: paler than what is not. */
  readonly soft?: boolean;
  readonly values: readonly (number | null)[];
  /** What stands for the whole series while nobody points at a moment. */
  readonly total: number | null;
}

export interface PlotProps {
  readonly title: string;
  /** Beside the title: the unit, the span. */
  readonly note: string;
  /** Epoch milliseconds, ascending; none as long as nothing is known. */
  readonly times: readonly number[];
  readonly from: number;
  readonly to: number;
  /** Bars stand on each other, the first one at the bottom. */
  readonly series: readonly PlotSeries[];
  readonly unit: Unit;
  /** The scale reaches at least as far. */
  readonly least: number;
  /** What the plot shows, in words. */
  readonly summary: string;
}

/** A small plot over time; its legend tells the values of the moment pointed at. */
export function Plot(props: PlotProps) {
  const { title, note, times, series, unit, summary } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(null);
  const [pointed, setPointed] = useState<number>();
  const latest = useRef(props);
  latest.current = props;
  const theme = useTheme();
  const shape = series.map(({ kind, colour }) => `${kind} ${colour}`).join();
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const options = plotOptions(element, () => latest.current, setPointed);
    const created = new UPlot(options, dataOf(latest.current), element);
    plot.current = created;
    const resizing = new ResizeObserver(() =>
      created.setSize({ width: element.clientWidth, height: element.clientHeight }),
    );
    resizing.observe(element);
    return () => {
      resizing.disconnect();
      created.destroy();
      plot.current = null;
    };
  }, [theme, shape]);
  const data = useMemo(() => dataOf({ times, series }), [times, series]);
  useEffect(() => plot.current?.setData(data), [data]);
  const isKnown = times.length > 0;
  const moment = pointed === undefined ? undefined : times[pointed];
  return (
    <figure className="plot">
      <figcaption>
        <h2>{title}</h2>
        <span className="muted number">{moment === undefined ? note : clock(moment)}</span>
      </figcaption>
      <div
        className="plot-place"
        ref={place}
        role="img"
        aria-label={`${title}: ${isKnown ? summary : 'not known yet'}`}
      />
      <dl className="plot-legend">
        {series.map(({ name, icon, colour, kind, values, total }) => {
          const value = pointed === undefined ? total : (values[pointed] ?? null);
          return (
            <div key={name}>
              <dt>
                <Swatch colour={colour} kind={kind} />
                {icon}
                {name}
              </dt>
              <dd className="number">{isKnown && value !== null ? units[unit].format(value) : '–'}</dd>
            </div>
          );
        })}
      </dl>
    </figure>
  );
}

function Swatch({ colour, kind }: Pick<PlotSeries, 'colour' | 'kind'>) {
  const colours = { stroke: `var(${colour})`, fill: `var(${colour})` };
  return (
    <svg width="14" height="10" aria-hidden>
      {kind === 'bars' ? (
        <rect x="2" y="0" width="10" height="10" rx="2" fill={colours.fill} />
      ) : (
        <line
          x1="0"
          x2="14"
          y1="5"
          y2="5"
          strokeWidth="2"
          stroke={colours.stroke}
          strokeDasharray={kind === 'dashes' ? '4 3' : undefined}
        />
      )}
    </svg>
  );
}

/** As uPlot wants them: seconds, and bars as tall as they are with those below them. */
function dataOf({ times, series }: Pick<PlotProps, 'times' | 'series'>): UPlot.AlignedData {
  let below: readonly number[] = times.map(() => 0);
  const columns = series.map(({ kind, values }) => {
    if (kind !== 'bars') return { kind, values };
    below = below.map((height, index) => height + (values[index] ?? 0));
    return { kind, values: below };
  });
  return [times.map((time) => time / 1_000), ...drawingOrder(columns).map(({ values }) => [...values])];
}

function clock(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB');
}
