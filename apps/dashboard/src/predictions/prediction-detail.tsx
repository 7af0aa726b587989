import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { change, type Schemas } from '../api/client.ts';
import { useGet, useJob, useTagsByCode } from '../api/queries.ts';
import { Lane } from '../chart/lane.tsx';
import { limitsOf } from '../chart/tag-lanes.tsx';
import { HOUR } from '../chart/time-range.ts';
import { useModelName, useUnitName } from '../parts/names.ts';
import { Bar } from '../parts/bar.tsx';
import { JobState } from '../parts/progress.tsx';
import { Problem, Shown } from '../parts/states.tsx';
import { figure, percent, reading } from '../shell/numbers.ts';
import { href } from '../shell/route.ts';
import { useClock, useName, useSettings, useTexts } from '../shell/settings.tsx';

type Result = Schemas['PredictionResultDto'];

export function PredictionDetail({ id }: { id: string }) {
  const t = useTexts();
  const job = useJob('/api/v1/predictions/{job_id}', id);
  return (
    <article className="panel stack" aria-label={t.predictions.title}>
      <Shown of={job}>{(data) => <Prediction job={data} />}</Shown>
    </article>
  );
}

function Prediction({ job }: { job: Schemas['PredictionDto'] }) {
  const t = useTexts();
  const unitName = useUnitName();
  const clock = useClock();
  const nameOf = useName();
  const client = useQueryClient();
  const tags = useTagsByCode();
  const cancel = useMutation({
    mutationFn: () => change('DELETE', '/api/v1/predictions/{job_id}', { path: { job_id: job.job_id } }),
    onSettled: () => client.invalidateQueries({ queryKey: ['/api/v1/predictions/{job_id}'] }),
  });
  const { result } = job;
  return (
    <>
      <h2>
        {job.eq_id === null ? `#${job.lot_id}` : unitName(job.eq_id)}{' '}
        <span className="quiet number">
          {t.predictions.at} {clock.dateTime(job.at)}
        </span>
      </h2>
      <p role="status">
        <JobState job={job} />{' '}
        {(job.status === 'queued' || job.status === 'active') && (
          <button onClick={() => cancel.mutate()}>{t.common.cancel}</button>
        )}
      </p>
      <Problem error={cancel.error} />
      {job.error && (
        <p className="problem">
          {t.predictions.failed}: {job.error.message}
        </p>
      )}
      {result && (
        <>
          <div className="columns">
            <FaultClasses result={result} />
            <section>
              <h3>
                {t.predictions.importance}{' '}
                <span className="quiet">
                  ({t.predictions.explains} {result.feature_importance.explains})
                </span>
              </h3>
              {result.feature_importance.tags.slice(0, 8).map(({ tag, share, attribution }) => (
                <div key={tag} className="bar-row">
                  <a href={href('trends', undefined, { tags: tag })}>
                    <span className="code">{tag}</span> {nameOf(tags.get(tag))}
                  </a>
                  <Bar
                    share={share / (result.feature_importance.tags[0]?.share || 1)}
                    against={attribution < 0}
                    text={`${attribution < 0 ? '−' : '+'}${percent(share)}`}
                  />
                </div>
              ))}
            </section>
          </div>
          <Fans result={result} />
        </>
      )}
    </>
  );
}

function FaultClasses({ result }: { result: Result }) {
  const t = useTexts();
  const modelName = useModelName();
  const { language } = useSettings();
  const { models, detector } = result;
  const likely = result.fault_classes.filter(({ probability }, index) => index < 5 || probability > 0.01);
  return (
    <section>
      <p>
        {t.predictions.fault} <strong className="big number">{percent(result.fault_probability)}</strong>
      </p>
      <p className="quiet">
        {modelName(models.detector.name)} {models.detector.version}:{' '}
        {detector.alarm ? t.predictions.alarm : t.predictions.quiet}, {figure(detector.statistic)} /{' '}
        {figure(detector.limit)} · {modelName(models.diagnosis.name)} {models.diagnosis.version} ·{' '}
        {modelName(models.forecast.name)} {models.forecast.version}
      </p>
      <h3>{t.predictions.classes}</h3>
      {likely.map(({ idv, title, title_ko, probability, class: kind }) => (
        <div key={`${kind}${idv}`} className="bar-row">
          <span>
            {idv !== null && <span className="quiet">IDV {idv} </span>}
            {language === 'ko' ? title_ko : title}
          </span>
          <Bar share={probability} />
        </div>
      ))}
    </section>
  );
}

const MOST_FANS = 6;

/** The likeliest to cross a limit first. */
function Fans({ result }: { result: Result }) {
  const t = useTexts();
  const at = Date.parse(result.at);
  const shown = result.forecast
    .toSorted((a, b) => b.crossing_probability - a.crossing_probability)
    .slice(0, MOST_FANS);
  const query = {
    tags: shown.map(({ tag }) => tag).join(','),
    from: new Date(at - 2 * HOUR).toISOString(),
    to: new Date(at + 1).toISOString(),
    points: 200,
  };
  const past = useGet('/api/v1/timeseries', { query }).data?.series;
  return (
    <section>
      <h3>{t.predictions.fans}</h3>
      <div className="columns">
        {shown.map((forecast) => (
          <FanChart
            key={forecast.tag}
            forecast={forecast}
            at={at}
            past={past?.find(({ tag }) => tag === forecast.tag)?.points ?? NO_POINTS}
          />
        ))}
      </div>
    </section>
  );
}

const NO_POINTS: Schemas['SeriesPointDto'][] = [];

interface FanChartProps {
  forecast: Schemas['TagForecastDto'];
  at: number;
  past: Schemas['SeriesPointDto'][];
}

function FanChart({ forecast, at, past }: FanChartProps) {
  const t = useTexts();
  const nameOf = useName();
  const { zone } = useClock();
  const tag = useTagsByCode().get(forecast.tag);
  const steps = useMemo(
    () => forecast.steps.map((step) => ({ ...step, at: Date.parse(step.at) })),
    [forecast],
  );
  const curves = useMemo(
    () => [{ xs: past.map(({ ts }) => Date.parse(ts)), ys: past.map(({ value }) => value) }],
    [past],
  );
  const last = steps.at(-1);
  if (!last) return null;
  const shown = [last.value, last.low, last.high].map((value) => reading(value, tag));
  return (
    <div className="tag-lane">
      <h3>
        <span className="code">{forecast.tag}</span> {nameOf(tag)}
        <span className="lane-value number">
          {t.predictions.crossing} {percent(forecast.crossing_probability)}
        </span>
      </h3>
      <Lane
        curves={curves}
        range={{ from: at - 2 * HOUR, to: last.at }}
        height={130}
        zone={zone}
        limits={tag ? limitsOf(tag) : []}
        fan={{ steps }}
        digits={(value) => reading(value, tag)}
        label={t.predictions.fan(
          `${forecast.tag} ${nameOf(tag)}`,
          shown[0] ?? '',
          shown[1] ?? '',
          shown[2] ?? '',
        )}
      />
    </div>
  );
}
