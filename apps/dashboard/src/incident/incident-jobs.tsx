import type { Schemas } from '../api/client.ts';
import { useGet } from '../api/queries.ts';
import { JobState } from '../parts/progress.tsx';
import { Empty } from '../parts/states.tsx';
import { percent } from '../shell/numbers.ts';
import { href } from '../shell/route.ts';
import { useClock, useTexts } from '../shell/settings.tsx';

/** Predictions made since it began, and reports about its anomalies. */
export function IncidentJobs({ incident }: { incident: Schemas['IncidentDetailDto'] }) {
  const t = useTexts();
  const clock = useClock();
  const predictions = useGet('/api/v1/predictions', { query: { limit: 50 } }, { every: 5_000 });
  const reports = useGet('/api/v1/reports', { query: { type: 'anomaly', limit: 100 } }, { every: 5_000 });
  const end = incident.ended_at ?? '9999';
  const ids = new Set(incident.anomalies.map(({ anomaly_id }) => anomaly_id));
  const since = (predictions.data?.items ?? []).filter(({ at }) => at >= incident.started_at && at <= end);
  const about = (reports.data?.items ?? []).filter(
    ({ anomaly_id }) => anomaly_id !== null && ids.has(anomaly_id),
  );
  const newest = incident.anomalies.at(0)?.anomaly_id;
  return (
    <section>
      <h3>{t.incident.predictions}</h3>
      {since.length === 0 && <Empty>–</Empty>}
      <ul className="plain rows">
        {since.slice(0, 6).map((job) => (
          <li key={job.job_id}>
            <a href={href('predictions', job.job_id)}>
              {clock.dayTime(job.at)} {job.eq_id}
            </a>
            <span className="number">{percent(job.fault_probability)}</span>
            <JobState job={job} />
          </li>
        ))}
      </ul>
      <h3>{t.incident.reports}</h3>
      <ul className="plain rows">
        {about.slice(0, 6).map((job) => (
          <li key={job.job_id}>
            <a href={href('reports', job.job_id)}>{job.filename ?? t.reports.types[job.type]}</a>
            <JobState job={job} />
          </li>
        ))}
      </ul>
      {newest !== undefined && (
        <p>
          <a
            className="button"
            href={href('reports', undefined, { type: 'anomaly', anomaly_id: String(newest) })}
          >
            {t.incident.print}
          </a>
        </p>
      )}
    </section>
  );
}
