import { type Edge, useStore } from '@xyflow/react';
import { useEffect, useMemo, useRef } from 'react';

import { useTheme } from '../ui/use-theme';
import { type Layout, nodeHeight, nodeWidth } from './layout';

export interface EdgeCanvasProps {
  readonly edges: readonly Edge[];
  readonly layout: Layout;
}

interface Viewport {
  /** Of the origin, and the zoom. */
  readonly transform: readonly [number, number, number];
  readonly width: number;
  readonly height: number;
}

/** Lines stroked at once. One shape of all of them would take longer. */
const batch = 64;

/** The edges of a large graph, painted: thousands of elements would be looked through for each frame. */
export function EdgeCanvas({ edges, layout }: EdgeCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const viewport = useStore(
    ({ transform, width, height }): Viewport => ({ transform, width, height }),
    isSame,
  );
  const theme = useTheme();
  const lines = useMemo(() => linesOf(edges, layout), [edges, layout]);
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (element === null || context === null || context === undefined) return;
    const { color } = getComputedStyle(element);
    const { transform, width, height } = viewport;
    const [x, y, zoom] = transform;
    const pixels = devicePixelRatio;
    element.width = width * pixels;
    element.height = height * pixels;
    context.setTransform(zoom * pixels, 0, 0, zoom * pixels, x * pixels, y * pixels);
    context.strokeStyle = color;
    context.globalAlpha = lines.inPath.length > 0 ? 0.3 : 1;
    stroke(context, visible(lines.others, viewport));
    context.globalAlpha = 1;
    context.lineWidth = 2.5;
    stroke(context, visible(lines.inPath, viewport));
  }, [lines, viewport, theme]);
  return <canvas ref={canvas} className="edge-canvas" aria-hidden />;
}

type Line = readonly [fromX: number, fromY: number, toX: number, toY: number];

interface Lines {
  readonly inPath: readonly Line[];
  readonly others: readonly Line[];
}

/** Worked out once, not for each frame. */
function linesOf(edges: readonly Edge[], layout: Layout): Lines {
  const inPath: Line[] = [];
  const others: Line[] = [];
  for (const { source, target, className } of edges) {
    const from = layout.get(source);
    const to = layout.get(target);
    if (from === undefined || to === undefined) continue;
    const middle = nodeHeight / 2;
    (className === 'edge-path' ? inPath : others).push([
      from.x + nodeWidth,
      from.y + middle,
      to.x,
      to.y + middle,
    ]);
  }
  return { inPath, others };
}

function visible(lines: readonly Line[], { transform, width, height }: Viewport): readonly Line[] {
  const [x, y, zoom] = transform;
  const left = -x / zoom;
  const top = -y / zoom;
  const right = left + width / zoom;
  const bottom = top + height / zoom;
  return lines.filter(
    ([fromX, fromY, toX, toY]) =>
      Math.max(fromX, toX) >= left &&
      Math.min(fromX, toX) <= right &&
      Math.max(fromY, toY) >= top &&
      Math.min(fromY, toY) <= bottom,
  );
}

function stroke(context: CanvasRenderingContext2D, lines: readonly Line[]): void {
  for (let first = 0; first < lines.length; first += batch) {
    context.beginPath();
    for (const [fromX, fromY, toX, toY] of lines.slice(first, first + batch)) {
      const middle = (fromX + toX) / 2;
      context.moveTo(fromX, fromY);
      context.bezierCurveTo(middle, fromY, middle, toY, toX, toY);
    }
    context.stroke();
  }
}

function isSame(a: Viewport, b: Viewport): boolean {
  return a.transform === b.transform && a.width === b.width && a.height === b.height;
}
