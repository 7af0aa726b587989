import { useMemo, useState } from 'react';
import { type LiveCurve, useLiveSamples } from '../api/live-samples.ts';
import { useIsStreaming } from '../api/liveness.ts';
import { type Tag, useGet, usePlant, useTagsByCode } from '../api/queries.ts';
import { Empty, Loading, Problem } from '../parts/states.tsx';
import { reading } from '../shell/numbers.ts';
import { useClock, useMeasure, useName, useTexts } from '../shell/settings.tsx';
import type { Fan, Limit, Mark } from './drawings.ts';
import { type Curve, Lane } from './lane.tsx';
import { HOUR, type TimeRange } from './time-range.ts';
import { useSettled } from './use-settled.ts';

/** Plant time up to which there are samples; moves when one comes, so that followers ask once a sample. */
export function useNewestSample(): number {
  const plant = usePlant().data;
  const at = plant?.last_sample_at ?? plant?.time;
  return at === undefined ? 0 : Date.parse(at);
}

interface TagLanesProps {
  tags: string[];
  range: TimeRange;
  onZoom?: (range: TimeRange) => void;
  marks?: Mark[];
  fans?: Map<string, Fan>;
  showLimits?: boolean;
  /** Of one lane, in pixels. */
  height?: number;
}

/** In all: more than a screen has columns for is only slower. */
const MOST_POINTS = 16_000;

/** Tags one below the other over the same time, thinned by the server so that no peak is lost. */
export function TagLanes({
  tags,
  range,
  onZoom,
  marks,
  fans,
  showLimits = true,
  height = 130,
}: TagLanesProps) {
  const t = useTexts();
  const byCode = useTagsByCode();
  const newest = useNewestSample();
  const isGrowing = useIsStreaming() && range.to >= newest;
  const live = useLiveSamples();
  const points = Math.max(50, Math.min(1_000, Math.floor(MOST_POINTS / Math.max(1, tags.length))));
  const read = useSettled(isGrowing ? inSteps(range) : range);
  // one millisecond more: a window ends before its `to`
  const query = {
    tags: tags.join(','),
    from: iso(read.from),
    to: iso(read.to + 1),
    points,
    method: 'minmax',
  };
  const answer = useGet(
    '/api/v1/timeseries',
    { query },
    { enabled: tags.length > 0 && read.to > 0, keep: true },
  );
  const series = answer.data?.series;
  const readCurves = useMemo(
    () =>
      new Map(
        (series ?? []).map(({ tag, points: all }): [string, Curve] => [
          tag,
          { xs: all.map(({ ts }) => Date.parse(ts)), ys: all.map(({ value }) => value) },
        ]),
      ),
    [series],
  );
  const curves = useMemo(
    () =>
      isGrowing
        ? new Map([...readCurves].map(([tag, curve]) => [tag, grown(curve, live.curves.get(tag))]))
        : readCurves,
    [readCurves, isGrowing, live.version],
  );
  if (!series)
    return answer.error ? <Problem error={answer.error} retry={() => void answer.refetch()} /> : <Loading />;
  if (series.every(({ points: all }) => all.length === 0)) return <Empty>{t.trends.noSamples}</Empty>;
  const [raw, shown] = [
    sum(series.map((each) => each.raw_count)),
    sum(series.map((each) => each.returned_count)),
  ];
  return (
    <>
      {tags.map((code) => {
        const [tag, curve] = [byCode.get(code), curves.get(code)];
        const lane = { range, onZoom, marks, height, fan: fans?.get(code) };
        return (
          tag && curve && <TagLane key={code} tag={tag} curve={curve} showLimits={showLimits} {...lane} />
        );
      })}
      <p className="quiet small number">
        {t.trends.thinned(raw.toLocaleString('en-US'), shown.toLocaleString('en-US'))}
      </p>
    </>
  );
}

const STEPS = 24;

/** What is read of a range that moves with every sample: it moves in steps, and samples that come meanwhile are added. */
function inSteps({ from, to }: TimeRange): TimeRange {
  const step = Math.min(HOUR, (to - from) / STEPS);
  return { from: Math.floor(from / step) * step, to: Math.ceil(to / step) * step };
}

function grown(curve: Curve, live: LiveCurve | undefined): Curve {
  const first = live?.xs.findIndex((at) => at > (curve.xs.at(-1) ?? -Infinity)) ?? -1;
  if (!live || first < 0) return curve;
  return { xs: [...curve.xs, ...live.xs.slice(first)], ys: [...curve.ys, ...live.ys.slice(first)] };
}

interface TagLaneProps {
  tag: Tag;
  curve: Curve;
  range: TimeRange;
  height: number;
  showLimits: boolean;
  onZoom?: (range: TimeRange) => void;
  marks?: Mark[];
  fan?: Fan;
}

function TagLane({ tag, curve, showLimits, ...lane }: TagLaneProps) {
  const t = useTexts();
  const measure = useMeasure();
  const nameOf = useName();
  const { zone } = useClock();
  const [under, setUnder] = useState<number | null>();
  const limits = useMemo((): Limit[] => (showLimits ? limitsOf(tag) : []), [tag.tag, showLimits]);
  const curves = useMemo(() => [curve], [curve]);
  const last = `${reading(curve.ys.at(-1), tag)} ${measure(tag.unit)}`;
  return (
    <section className="tag-lane">
      <h3>
        <span className="code">{tag.tag}</span> {nameOf(tag)}
        <span className="number lane-value">
          {reading(under ?? curve.ys.at(-1), tag)} <span className="quiet">{measure(tag.unit)}</span>
        </span>
      </h3>
      <Lane
        {...lane}
        curves={curves}
        limits={limits}
        zone={zone}
        sync="tags"
        label={t.trends.chart(tag.tag, nameOf(tag), last)}
        digits={(value) => reading(value, tag)}
        onCursor={(values) => setUnder(values?.[0])}
      />
    </section>
  );
}

export const limitsOf = ({ limits }: Pick<Tag, 'limits'>): Limit[] =>
  (['ll', 'l', 'h', 'hh'] as const).flatMap((name) => {
    const value = limits[name];
    return value === null ? [] : [{ name: name.toUpperCase(), value }];
  });

const iso = (ms: number): string => new Date(Math.round(ms)).toISOString();
const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
