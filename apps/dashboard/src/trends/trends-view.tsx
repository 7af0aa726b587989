import { useMemo, useState } from 'react';
import { useTags } from '../api/queries.ts';
import { RangeKeys } from '../chart/range-keys.tsx';
import { TagLanes, useNewestSample } from '../chart/tag-lanes.tsx';
import { HOUR, type TimeRange, useRange } from '../chart/time-range.ts';
import { Empty, Loading } from '../parts/states.tsx';
import { useRoute } from '../shell/route.ts';
import { useClock, useTexts } from '../shell/settings.tsx';
import { TagChooser } from './tag-chooser.tsx';
import { rangeIn, writeRange, writeTags } from './trend-address.ts';
import { type Drawn, TrendTools } from './trend-tools.tsx';
import { useForecasts } from './use-forecasts.ts';
import { useMarks } from './use-marks.ts';

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
  const text = query.get('tags') ?? '';
  const tags = useMemo(
    () =>
      text
        .split(',')
        .filter((code) => code !== '')
        .slice(0, MOST_TAGS),
    [text],
  );
  const control = useRange(now, rangeIn(query), writeRange);
  const [shown, setShown] = useState<Drawn>({ limits: true, incidents: true, lots: true, forecast: true });
  const marks = useMarks(control.range, shown);
  const fans = useForecasts(shown.forecast);
  return (
    <div className="split">
      <h1 className="unseen">{t.trends.title}</h1>
      <TagChooser tags={known} chosen={tags} choose={writeTags} />
      <div className="panel">
        <h2 className="unseen">{t.plant.trends}</h2>
        <TrendTools control={control} tags={tags} shown={shown} show={setShown} />
        <p className="quiet number">
          {clock.dateTime(control.range.from)} – {clock.dateTime(control.range.to)} ({clock.zone})
        </p>
        {tags.length === 0 ? (
          <Empty>{t.trends.empty}</Empty>
        ) : (
          <RangeKeys control={control} label={t.trends.help}>
            <TagLanes
              tags={tags}
              range={withForecast(control.range, control.follows && fans.size > 0)}
              onZoom={control.show}
              marks={marks}
              fans={fans}
              showLimits={shown.limits}
              height={Math.max(96, Math.min(320, Math.floor(560 / tags.length)))}
            />
            <p className="quiet small">{t.trends.help}</p>
          </RangeKeys>
        )}
      </div>
    </div>
  );
}

/** Room for an hour to come. */
const withForecast = ({ from, to }: TimeRange, isShown: boolean): TimeRange => ({
  from,
  to: isShown ? to + HOUR : to,
});
