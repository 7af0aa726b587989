import { useMutation } from '@tanstack/react-query';
import { change, type Schemas } from '../api/client.ts';
import { useEquipment, useGet, useTagsByCode, type UnitStatus } from '../api/queries.ts';
import { TagLanes, useNewestSample } from '../chart/tag-lanes.tsx';
import { HOUR } from '../chart/time-range.ts';
import { SeverityMark, StatusMark } from '../parts/severity.tsx';
import { Empty, Problem, Shown } from '../parts/states.tsx';
import { reading } from '../shell/numbers.ts';
import { go, href } from '../shell/route.ts';
import { useClock, useMeasure, useName, useSettings, useTexts } from '../shell/settings.tsx';

/** A unit beside the drawing: how it is and why, its trends, its readings. */
export function UnitPanel({ eqId }: { eqId: string }) {
  const t = useTexts();
  const nameOf = useName();
  const { language } = useSettings();
  const unit = useEquipment().data?.items.find(({ eq_id }) => eq_id === eqId);
  const status = useGet('/api/v1/equipment/{eq_id}/status', { path: { eq_id: eqId } }, { every: 5_000 });
  const health = useGet('/api/v1/equipment/{eq_id}/health', { path: { eq_id: eqId } }, { every: 10_000 });
  const sensors = useGet(
    '/api/v1/equipment/{eq_id}/sensors',
    { path: { eq_id: eqId }, query: { limit: 100 } },
    { every: 3_000 },
  );
  const predict = useMutation({
    mutationFn: () =>
      change<Schemas['JobAcceptedDto']>('POST', '/api/v1/predictions', { body: { eq_id: eqId } }),
    onSuccess: ({ job_id }) => go(href('predictions', job_id)),
  });
  const items = sensors.data?.items ?? [];
  const chosen = trendTags(items, health.data?.drivers ?? []);
  return (
    <aside className="panel unit-panel" aria-label={nameOf(unit) || eqId}>
      <header>
        <h2>{nameOf(unit) || eqId}</h2>
        {status.data && <StatusMark status={status.data.status} />}
        <a className="button" href={href('plant')} aria-label={t.common.close}>
          ×
        </a>
      </header>
      <Shown of={status}>
        {(data) => <p className="quiet">{language === 'ko' ? data.reason_ko : data.reason}</p>}
      </Shown>
      <p className="actions">
        <a className="button" href={href('trends', undefined, { tags: chosen.join(',') })}>
          {t.plant.openTrends}
        </a>
        <button onClick={() => predict.mutate()} disabled={predict.isPending}>
          {t.plant.predict}
        </button>
        <a className="button" href={href('reports', undefined, { type: 'equipment', eq_id: eqId })}>
          {t.plant.report}
        </a>
      </p>
      <Problem error={predict.error} />
      <h3>{t.plant.drivers}</h3>
      <Shown of={health}>{(data) => <Drivers drivers={data.drivers} />}</Shown>
      <h3>{t.plant.trends}</h3>
      <PanelTrends tags={chosen} />
      <h3>{t.plant.anomalies}</h3>
      <Shown of={status}>{(data) => <OpenAnomalies status={data} />}</Shown>
      <h3>{t.plant.readings}</h3>
      <Shown of={sensors}>{(data) => <Readings sensors={data.items} />}</Shown>
    </aside>
  );
}

const MOST_TRENDS = 3;

/** What takes points first, then what the unit is assessed by. */
function trendTags(sensors: Schemas['SensorDto'][], drivers: Schemas['HealthDriverDto'][]): string[] {
  const measured = sensors.filter(({ role }) => role === 'measurement').map(({ tag }) => tag);
  return [
    ...new Set([...drivers.map(({ tag }) => tag), ...measured, ...sensors.map(({ tag }) => tag)]),
  ].slice(0, MOST_TRENDS);
}

function PanelTrends({ tags }: { tags: string[] }) {
  const now = useNewestSample();
  return tags.length > 0 && <TagLanes tags={tags} range={{ from: now - 8 * HOUR, to: now }} height={96} />;
}

function Drivers({ drivers }: { drivers: Schemas['HealthDriverDto'][] }) {
  const t = useTexts();
  const nameOf = useName();
  const tags = useTagsByCode();
  if (drivers.length === 0) return <Empty>{t.plant.noDrivers}</Empty>;
  return (
    <ul className="plain rows">
      {drivers.map(({ tag, name, reason, points, limit, detector }) => (
        <li key={`${tag}${reason}`}>
          <a href={href('trends', undefined, { tags: tag })}>
            <span className="code">{tag}</span> {nameOf(tags.get(tag)) || name}
          </a>
          <span className="quiet">
            {t.plant.reason[reason]} {limit ?? (detector && t.detector[detector])}
          </span>
          <span className="number">−{points.toFixed(1)}</span>
        </li>
      ))}
    </ul>
  );
}

function OpenAnomalies({ status }: { status: UnitStatus }) {
  const t = useTexts();
  const clock = useClock();
  if (status.open_anomalies.length === 0) return <Empty>{t.plant.noAnomalies}</Empty>;
  return (
    <ul className="plain rows">
      {status.open_anomalies.map(({ anomaly_id, severity, detector, started_at, incident_id }) => (
        <li key={anomaly_id}>
          <SeverityMark severity={severity} words />
          <a href={incident_id === null ? href('alarms') : href('incidents', incident_id)}>
            {t.detector[detector]}
          </a>
          <span className="quiet number">{clock.dayTime(started_at)}</span>
        </li>
      ))}
    </ul>
  );
}

function Readings({ sensors }: { sensors: Schemas['SensorDto'][] }) {
  const t = useTexts();
  const measure = useMeasure();
  const nameOf = useName();
  return (
    <table>
      <thead>
        <tr>
          <th>{t.common.tag}</th>
          <th className="number">{t.common.value}</th>
          <th>{t.plant.limits}</th>
        </tr>
      </thead>
      <tbody>
        {sensors.map((sensor) => (
          <tr key={sensor.tag}>
            <td>
              <a href={href('trends', undefined, { tags: sensor.tag })}>
                <span className="code">{sensor.tag}</span>
              </a>{' '}
              {nameOf(sensor)}
            </td>
            <td className="number">
              {reading(sensor.latest?.value, sensor)} <span className="quiet">{measure(sensor.unit)}</span>
            </td>
            <td>
              {sensor.latest?.quality === 'bad' && <span className="stale-word">{t.common.bad}</span>}
              {sensor.latest?.stale && <span className="stale-word">{t.common.stale}</span>}
              {(sensor.latest?.limit_state ?? 'normal') !== 'normal' && (
                <strong className="abnormal">{sensor.latest?.limit_state}</strong>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
