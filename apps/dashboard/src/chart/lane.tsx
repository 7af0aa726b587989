import { useEffect, useRef, useState } from 'react';
import './language-tag.ts';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useSettings } from '../shell/settings.tsx';
import { colours, type Colours } from './colours.ts';
import { drawFan, drawLimits, drawMarks, type Fan, type Limit, type Mark } from './drawings.ts';
import type { TimeRange } from './time-range.ts';

export interface Curve {
  /** Epoch milliseconds (or any number, with `hours`), ascending. */
  xs: number[];
  ys: (number | null)[];
}

interface LaneProps {
  /** All are drawn on the same axes. */
  curves: Curve[];
  range: TimeRange;
  height: number;
  /** What it shows, for whoever does not see it. */
  label: string;
  zone: string;
  limits?: Limit[];
  marks?: Mark[];
  fan?: Fan;
  /** Lanes of the same key have one cursor. */
  sync?: string;
  onZoom?: (range: TimeRange) => void;
  /** The x axis counts hours since something, not time of day. */
  hours?: boolean;
  onCursor?: (values: (number | null)[] | undefined) => void;
  digits?: (value: number) => string;
}

const Y_AXIS_WIDTH = 62;

/** One pair of axes with its curves, redrawn in place when they change. Of fifty lanes only those on the screen are drawn. */
export function Lane(props: LaneProps) {
  const { curves, range, height, label, zone, hours = false } = props;
  const { theme } = useSettings();
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const isSeen = useIsSeen(host);
  const current = useRef(props);
  current.current = props;

  useEffect(() => {
    const element = host.current;
    if (!element || !isSeen) return undefined;
    const look = colours();
    const made = new uPlot(
      optionsOf(current, look, element.clientWidth),
      joined(current.current.curves),
      element,
    );
    plot.current = made;
    const resized = new ResizeObserver(() =>
      made.setSize({ width: element.clientWidth, height: current.current.height }),
    );
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [zone, theme, curves.length, hours, height, isSeen]);

  useEffect(() => {
    plot.current?.setData(joined(curves), true);
  }, [curves, range.from, range.to, props.limits, props.marks, props.fan]);

  return (
    <div className="lane" role="img" aria-label={label}>
      <div ref={host} style={{ height }} />
    </div>
  );
}

function useIsSeen(element: { current: HTMLElement | null }): boolean {
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    if (!element.current) return undefined;
    const observer = new IntersectionObserver((entries) => setSeen(entries.at(-1)?.isIntersecting ?? false), {
      rootMargin: '150px',
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return isSeen;
}

function joined(curves: Curve[]): uPlot.AlignedData {
  const [first] = curves;
  if (curves.length === 1 && first) return [first.xs, first.ys];
  return curves.length === 0 ? [[], []] : uPlot.join(curves.map(({ xs, ys }): uPlot.AlignedData => [xs, ys]));
}

/** The data fill the axis; limits are shown as far as the data keep a third of it. */
function spread({ curves, limits = [], fan }: LaneProps): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  const take = (value: number | null): void => {
    if (value === null) return;
    low = Math.min(low, value);
    high = Math.max(high, value);
  };
  for (const { ys } of curves) for (const y of ys) take(y);
  for (const { low: least, high: most } of fan?.steps ?? []) {
    take(least);
    take(most);
  }
  if (low > high) return [0, 1];
  const reach = (high - low || Math.abs(high) || 1) * 1.0;
  const [from, to] = [low - reach, high + reach];
  for (const { value } of limits) if (value >= from && value <= to) take(value);
  const margin = (high - low || Math.abs(high) * 0.02 || 1) * 0.08;
  return [low - margin, high + margin];
}

function optionsOf(current: { current: LaneProps }, look: Colours, width: number): uPlot.Options {
  const { height, zone, sync, curves, hours = false } = current.current;
  const axis = {
    stroke: look.quiet,
    font: look.font,
    grid: { stroke: look.grid, width: 1 },
    ticks: { stroke: look.grid, width: 1, size: 4 },
  };
  return {
    width,
    height,
    ms: hours ? undefined : 1,
    tzDate: (ts) => uPlot.tzDate(new Date(ts), zone),
    legend: { show: false },
    cursor: {
      drag: { x: true, y: false, setScale: false },
      points: { size: 6 },
      ...(sync && { sync: { key: sync, setSeries: false } }),
    },
    scales: {
      x: { time: !hours, range: () => [current.current.range.from, current.current.range.to] },
      y: { range: () => spread(current.current) },
    },
    axes: [
      { ...axis, size: 30, values: hours ? undefined : TIME_VALUES },
      {
        ...axis,
        size: Y_AXIS_WIDTH,
        values: (_, values) => values.map((value) => current.current.digits?.(value) ?? String(value)),
      },
    ],
    series: [
      {},
      ...curves.map((_, index) => ({
        stroke: look.curves[index % look.curves.length],
        width: 1.6,
        dash: index === 1 ? [6, 3] : undefined,
        points: { show: false },
        spanGaps: true,
      })),
    ],
    hooks: {
      drawClear: [
        (made) => {
          drawMarks(made, current.current.marks ?? [], look);
          drawLimits(made, current.current.limits ?? [], look);
        },
      ],
      draw: [(made) => current.current.fan && drawFan(made, current.current.fan, look)],
      setSelect: [
        (made) => {
          if (made.select.width < 4) return;
          const from = made.posToVal(made.select.left, 'x');
          const to = made.posToVal(made.select.left + made.select.width, 'x');
          made.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          current.current.onZoom?.({ from, to });
        },
      ],
      setCursor: [
        ({ cursor: { idx }, data }) =>
          current.current.onCursor?.(
            idx === null || idx === undefined
              ? undefined
              : data.slice(1).map((values) => values[idx] ?? null),
          ),
      ],
    },
  };
}

const MINUTE = 60_000;
const DAY = 86_400_000;
/** uPlot's patterns for steps of a day, an hour and less, without a.m. and p.m. */
const TIME_VALUES: uPlot.Axis.Values = [
  [DAY, '{MM}-{DD}', '\n{YYYY}', null, null, null, null, null, 1],
  [MINUTE, '{HH}:{mm}', '\n{MM}-{DD}', null, '\n{MM}-{DD}', null, null, null, 1],
  [1_000, '{HH}:{mm}:{ss}', '\n{MM}-{DD}', null, '\n{MM}-{DD}', null, null, null, 1],
];
