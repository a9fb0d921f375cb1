import UPlot from 'uplot';

import type { PlotProps, PlotSeries } from './plot';
import { units } from './units';

/** Bars reach down to the ground, so those on top come before those below them; lines lie over all. */
export function drawingOrder<T extends Pick<PlotSeries, 'kind'>>(series: readonly T[]): readonly T[] {
  const bars = series.filter(({ kind }) => kind === 'bars');
  return [...bars.reverse(), ...series.filter(({ kind }) => kind !== 'bars')];
}

const axisWidth = 52;

/** How a plot is drawn; what it shows and in which limits is asked for each time. */
export function plotOptions(
  element: HTMLElement,
  latest: () => PlotProps,
  onPoint: (index: number | undefined) => void,
): UPlot.Options {
  const style = getComputedStyle(element);
  const colourOf = (property: string): string => style.getPropertyValue(property).trim();
  const grid = { stroke: colourOf('--line'), width: 1 };
  const axis = {
    stroke: colourOf('--muted'),
    font: `11px ${style.fontFamily}`,
    grid,
    ticks: { show: false },
  };
  const { series, unit } = latest();
  return {
    width: element.clientWidth,
    height: element.clientHeight,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, y: false, points: { show: false } },
    scales: {
      x: { range: () => [latest().from / 1_000, latest().to / 1_000] },
      y: { range: (_plot, _min, max) => [0, Math.max(latest().least, max * 1.08)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 24,
        space: 64,
        values: (_plot, splits) => splits.map(timeOfDay),
      },
      {
        ...axis,
        size: axisWidth,
        space: 32,
        incrs: [...units[unit].steps],
        values: (_plot, splits) => splits.map(units[unit].format),
      },
    ],
    series: [
      {},
      ...drawingOrder(series).map((one) => seriesOptions(one, colourOf(one.colour), colourOf('--surface'))),
    ],
    hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? undefined)] },
  };
}

function seriesOptions({ kind, soft }: PlotSeries, colour: string, ground: string): UPlot.Series {
  const shade = (percent: number): string => `color-mix(in srgb, ${colour} ${percent}%, ${ground})`;
  if (kind === 'bars') {
    const bars = UPlot.paths.bars?.({ size: [0.85, 48], align: 1 });
    const fill = soft === true ? shade(55) : colour;
    return { stroke: fill, fill, width: 0, points: { show: false }, ...(bars && { paths: bars }) };
  }
  return {
    stroke: colour,
    width: 1.75,
    points: { show: true, size: 5, fill: colour, width: 0, filter: lonely },
    ...(kind === 'dashes' && { dash: [5, 4] }),
    ...(kind === 'area' && { fill: shade(14) }),
  };
}

/** Values without a neighbour, which no line would show. */
const lonely: UPlot.Series.Points.Filter = (plot, index) => {
  const values = plot.data[index] ?? [];
  return [...values.keys()].filter(
    (at) => values[at] != null && values[at - 1] == null && values[at + 1] == null,
  );
};

function timeOfDay(seconds: number): string {
  return new Date(seconds * 1_000).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}
