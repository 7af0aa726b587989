import { useMutation } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { bytes, saveFile } from '../api/client.ts';
import { useTags } from '../api/queries.ts';
import { RangeKeys } from '../chart/range-keys.tsx';
import { TagLanes, useNewestSample } from '../chart/tag-lanes.tsx';
import { DAY, HOUR, type TimeRange, useRange } from '../chart/time-range.ts';
import { Empty, Loading, Problem } from '../parts/states.tsx';
import { href, replaceRoute, useRoute } from '../shell/route.ts';
import { useClock, useTexts } from '../shell/settings.tsx';
import { TagChooser } from './tag-chooser.tsx';
import { useForecasts } from './use-forecasts.ts';
import { useMarks } from './use-marks.ts';

const SPANS: [string, number][] = [
  ['1 h', HOUR],
  ['8 h', 8 * HOUR],
  ['24 h', DAY],
  ['7 d', 7 * DAY],
  ['30 d', 30 * DAY],
];
const MOST_TAGS = 60;

export function TrendsView() {
  const now = useNewestSample();
  return now === 0 ? <Loading /> : <Trends now={now} />;
}

/** Tags and time stand in the address: a link shows another person the same. */
function Trends({ now }: { now: number }) {
  const t = useTexts();
  const clock = useClock();
  const { query } = useRoute();
  const known = useTags().data?.items ?? [];
  const tags = (query.get('tags') ?? '').split(',').filter((code) => code !== '');
  const write = useCallback((codes: string[], choice?: { spanMs: number } | TimeRange) => {
    const before = new URLSearchParams(location.hash.split('?')[1]);
    if (choice) for (const name of ['from', 'to', 'span']) before.delete(name);
    if (choice && 'spanMs' in choice) before.set('span', String(Math.round(choice.spanMs)));
    if (choice && 'from' in choice) {
      before.set('from', String(Math.round(choice.from)));
      before.set('to', String(Math.round(choice.to)));
    }
    before.delete('tags');
    replaceRoute(href('trends', undefined, { tags: codes.join(','), ...Object.fromEntries(before) }));
  }, []);
  const changed = useCallback(
    (choice: { spanMs: number } | TimeRange) =>
      write((new URLSearchParams(location.hash.split('?')[1]).get('tags') ?? '').split(','), choice),
    [write],
  );
  const control = useRange(now, rangeOf(query), changed);
  const [shown, setShown] = useState({ limits: true, incidents: true, lots: true, forecast: true });
  const marks = useMarks(control.range, shown);
  const fans = useForecasts(shown.forecast);
  const csv = useMutation({
    mutationFn: () => {
      const [from, to] = [control.range.from, control.range.to].map((at) =>
        new Date(Math.round(at)).toISOString(),
      );
      return bytes(
        '/api/v1/timeseries',
        { query: { tags: tags.join(','), from, to, points: 600, method: 'minmax' } },
        'text/csv',
      );
    },
    onSuccess: (blob) => saveFile(blob, 'timeseries.csv'),
  });
  const chosen = useMemo(() => tags.slice(0, MOST_TAGS), [query.get('tags')]);
  return (
    <div className="split">
      <TagChooser tags={known} chosen={chosen} choose={(codes) => write(codes)} />
      <div className="panel">
        <h1 className="unseen">{t.trends.title}</h1>
        <div className="tools" role="toolbar" aria-label={t.trends.spans}>
          {SPANS.map(([name, span]) => (
            <button
              key={name}
              aria-pressed={control.follows && control.spanMs === span}
              onClick={() => control.follow(span)}
            >
              {name}
            </button>
          ))}
          <button aria-pressed={control.follows} onClick={() => control.follow()}>
            {t.trends.follow}
          </button>
          <button onClick={() => control.back()} disabled={!control.canGoBack}>
            {t.trends.back}
          </button>
          <button onClick={() => csv.mutate()} disabled={chosen.length === 0 || csv.isPending}>
            {t.trends.csv}
          </button>
          {(['limits', 'incidents', 'lots', 'forecast'] as const).map((what) => (
            <label key={what} className="check">
              <input
                type="checkbox"
                checked={shown[what]}
                onChange={({ target }) => setShown({ ...shown, [what]: target.checked })}
              />
              {what === 'limits' ? t.trends.limitsShown : t.trends[what]}
            </label>
          ))}
        </div>
        <Problem error={csv.error} />
        <p className="quiet number">
          {clock.dateTime(control.range.from)} – {clock.dateTime(control.range.to)} ({clock.zone})
        </p>
        {chosen.length === 0 ? (
          <Empty>{t.trends.empty}</Empty>
        ) : (
          <RangeKeys control={control} label={t.trends.help}>
            <TagLanes
              tags={chosen}
              range={withForecast(control.range, control.follows && fans.size > 0)}
              onZoom={control.show}
              marks={marks}
              fans={fans}
              showLimits={shown.limits}
              height={Math.max(96, Math.min(320, Math.floor(560 / chosen.length)))}
            />
            <p className="quiet small">{t.trends.help}</p>
          </RangeKeys>
        )}
      </div>
    </div>
  );
}

function rangeOf(query: URLSearchParams): { spanMs: number } | TimeRange {
  const [from, to, span] = ['from', 'to', 'span'].map((name) => Number(query.get(name)));
  if (from && to && from < to) return { from, to };
  return { spanMs: span && span > 0 ? span : 8 * HOUR };
}

/** Room for an hour to come. */
const withForecast = ({ from, to }: TimeRange, isShown: boolean): TimeRange => ({
  from,
  to: isShown ? to + HOUR : to,
});
