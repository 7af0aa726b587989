import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { change, type Schemas } from '../api/client.ts';
import { useGet, useTagsByCode } from '../api/queries.ts';
import type { Mark } from '../chart/drawings.ts';
import { RangeKeys } from '../chart/range-keys.tsx';
import { TagLanes, useNewestSample } from '../chart/tag-lanes.tsx';
import { HOUR, useRange } from '../chart/time-range.ts';
import { Bar } from '../parts/bar.tsx';
import { useModelName, useUnitName } from '../parts/names.ts';
import { SeverityMark } from '../parts/severity.tsx';
import { Empty, Loading, Problem, Shown } from '../parts/states.tsx';
import { figure, percent } from '../shell/numbers.ts';
import { go, href } from '../shell/route.ts';
import { useClock, useName, useSettings, useTexts } from '../shell/settings.tsx';
import { IncidentJobs } from './incident-jobs.tsx';

type Detail = Schemas['IncidentDetailDto'];

export function IncidentDetail({ id }: { id: number }) {
  const incident = useGet('/api/v1/incidents/{incident_id}', { path: { incident_id: id } }, { every: 5_000 });
  return <Shown of={incident}>{(data) => <Incident incident={data} />}</Shown>;
}

function Incident({ incident }: { incident: Detail }) {
  const t = useTexts();
  const clock = useClock();
  return (
    <article className="panel stack" aria-label={t.incident.one(incident.incident_id)}>
      <h2>
        <SeverityMark severity={incident.severity} words /> {t.incident.one(incident.incident_id)}{' '}
        <span className="quiet">
          {t.common[incident.state]} · {t.incident.openedBy[incident.opened_by]}
        </span>
      </h2>
      <div className="columns">
        <Cause incident={incident} />
        <div className="stack">
          <dl className="facts number">
            <dt>{t.common.begin}</dt>
            <dd>{clock.dateTime(incident.started_at)}</dd>
            <dt>{t.incident.detected}</dt>
            <dd>{clock.dateTime(incident.detected_at)}</dd>
            <dt>{t.common.end}</dt>
            <dd>{incident.ended_at === null ? t.common.open : clock.dateTime(incident.ended_at)}</dd>
            <dt>{t.incident.peak}</dt>
            <dd>
              {clock.dayTime(incident.peak_at)}, {t.alarms.beyond(figure(incident.peak_ratio))}
            </dd>
          </dl>
          <MovedFirst tags={incident.first_tags} />
        </div>
      </div>
      <Acknowledge incident={incident} />
      <section>
        <h3>{t.incident.trends}</h3>
        <IncidentTrends incident={incident} />
      </section>
      <div className="columns">
        <Diagnoses incident={incident} />
        <IncidentJobs incident={incident} />
      </div>
      <Anomalies incident={incident} />
    </article>
  );
}

function Cause({ incident: { diagnosis } }: { incident: Detail }) {
  const t = useTexts();
  const modelName = useModelName();
  const { language } = useSettings();
  const korean = language === 'ko';
  if (!diagnosis) return <Empty>{t.incident.noCause}</Empty>;
  const [name = '', ...version] = diagnosis.model.split(' ');
  return (
    <section className="panel cause">
      <h3>{t.incident.cause}</h3>
      <p className="big">{korean ? diagnosis.title_ko : diagnosis.title}</p>
      <p>
        {t.incident.probability} <strong className="number">{percent(diagnosis.probability)}</strong>{' '}
        {diagnosis.idv !== null && <span className="quiet">IDV {diagnosis.idv}</span>}{' '}
        <span className="quiet">
          {modelName(name)} {version.join(' ')}
        </span>
      </p>
      <p>{korean ? diagnosis.cause_ko : diagnosis.cause}</p>
      <h3>{t.incident.lookAt}</h3>
      <p>
        <strong>{korean ? diagnosis.look_at_ko : diagnosis.look_at}</strong>
      </p>
    </section>
  );
}

function MovedFirst({ tags }: { tags: Detail['first_tags'] }) {
  const t = useTexts();
  const nameOf = useName();
  const byCode = useTagsByCode();
  const largest = Math.max(...tags.map(({ share }) => share), 1e-9);
  return (
    <section>
      <h3>{t.incident.movedFirst}</h3>
      {tags.map(({ tag, name, share }) => (
        <div key={tag} className="bar-row">
          <a href={href('trends', undefined, { tags: tag })}>
            <span className="code">{tag}</span> {nameOf(byCode.get(tag)) || name}
          </a>
          <Bar share={share / largest} text={percent(share)} />
        </div>
      ))}
    </section>
  );
}

function Acknowledge({ incident }: { incident: Detail }) {
  const t = useTexts();
  const clock = useClock();
  const client = useQueryClient();
  const [comment, setComment] = useState('');
  const path = { incident_id: incident.incident_id };
  const acknowledge = useMutation({
    mutationFn: () =>
      change('POST', '/api/v1/incidents/{incident_id}/acknowledge', {
        path,
        body: { comment: comment.trim() || t.alarms.defaultComment },
      }),
    onSettled: () =>
      Promise.all(
        ['/api/v1/incidents/{incident_id}', '/api/v1/incidents', '/api/v1/anomalies'].map((key) =>
          client.invalidateQueries({ queryKey: [key] }),
        ),
      ),
  });
  if (incident.acknowledged)
    return (
      <p role="status">
        {t.incident.by(
          incident.acknowledged.by,
          clock.dateTime(incident.acknowledged.plant_at ?? incident.acknowledged.at),
        )}
        : {incident.acknowledged.comment}
      </p>
    );
  return (
    <form
      className="actions"
      onSubmit={(event) => {
        event.preventDefault();
        acknowledge.mutate();
      }}
    >
      <label className="field">
        {t.incident.comment}
        <input
          value={comment}
          maxLength={2000}
          placeholder={t.alarms.defaultComment}
          onChange={({ target }) => setComment(target.value)}
        />
      </label>
      <button className="main" disabled={acknowledge.isPending}>
        {t.incident.acknowledge}
      </button>
      <Problem error={acknowledge.error} />
    </form>
  );
}

const MOST_LANES = 5;

function IncidentTrends({ incident }: { incident: Detail }) {
  const t = useTexts();
  const now = useNewestSample();
  const begin = Date.parse(incident.started_at);
  const end = incident.ended_at === null ? now : Math.min(now, Date.parse(incident.ended_at) + HOUR);
  const tags = [
    ...new Set([...incident.first_tags.map(({ tag }) => tag), ...(incident.diagnosis?.expected_tags ?? [])]),
  ];
  const control = useRange(now, { from: begin - HOUR, to: Math.max(end, begin + HOUR) });
  const [marks] = useState<Mark[]>([{ at: begin, text: `#${incident.incident_id}`, kind: 'alarm' }]);
  if (now === 0) return <Loading />;
  return (
    <RangeKeys control={control} label={t.trends.help}>
      <TagLanes
        tags={tags.slice(0, MOST_LANES)}
        range={control.range}
        onZoom={control.show}
        marks={marks}
        height={110}
      />
      <p>
        <a
          className="button"
          href={href('trends', undefined, {
            tags: tags.join(','),
            from: String(Math.round(control.range.from)),
            to: String(Math.round(control.range.to)),
          })}
        >
          {t.plant.openTrends}
        </a>{' '}
        <button
          onClick={() => {
            // a job of its unit, where the cause sits, else where it was seen first
            go(
              href('predictions', undefined, {
                eq_id: incident.diagnosis?.eq_id ?? incident.eq_id ?? 'REACTOR',
              }),
            );
          }}
        >
          {t.incident.predict}
        </button>
      </p>
    </RangeKeys>
  );
}

function Diagnoses({ incident: { diagnoses } }: { incident: Detail }) {
  const t = useTexts();
  const clock = useClock();
  const { language } = useSettings();
  return (
    <section>
      <h3>{t.incident.diagnoses}</h3>
      {diagnoses.length === 0 && <Empty>{t.incident.noCause}</Empty>}
      <ul className="plain rows">
        {diagnoses.slice(-6).map(({ at, causes, refused }) => (
          <li key={at}>
            <span className="quiet number">{clock.dayTime(at)}</span>
            {refused === null ? (
              causes.slice(0, 3).map(({ idv, title, title_ko, probability }) => (
                <span key={idv}>
                  {language === 'ko' ? title_ko : title}{' '}
                  <strong className="number">{percent(probability)}</strong>
                </span>
              ))
            ) : (
              <span>
                {t.incident.refused} <code>{refused}</code>
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Anomalies({ incident: { anomalies } }: { incident: Detail }) {
  const t = useTexts();
  const unitName = useUnitName();
  const clock = useClock();
  return (
    <section>
      <h3>{t.incident.anomalies}</h3>
      <ul className="plain rows">
        {anomalies.map(({ anomaly_id, severity, detector, eq_id, started_at, ended_at }) => (
          <li key={anomaly_id}>
            <SeverityMark severity={severity} words />
            <span>{t.detector[detector]}</span>
            <span>{eq_id !== null && unitName(eq_id)}</span>
            <span className="quiet number">
              {clock.dayTime(started_at)} – {ended_at === null ? t.common.open : clock.dayTime(ended_at)}
            </span>
            <a href={href('reports', undefined, { type: 'anomaly', anomaly_id: String(anomaly_id) })}>
              {t.plant.report}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
