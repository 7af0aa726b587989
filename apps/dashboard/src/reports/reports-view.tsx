import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { bytes, saveFile, type Schemas } from '../api/client.ts';
import { useGet, useJob } from '../api/queries.ts';
import { JobsView } from '../parts/job-views.tsx';
import { JobState } from '../parts/progress.tsx';
import { Problem, Shown } from '../parts/states.tsx';
import { useClock, useTexts } from '../shell/settings.tsx';
import { AskReport } from './ask-report.tsx';

export function ReportsView() {
  const t = useTexts();
  const clock = useClock();
  const list = useGet('/api/v1/reports', { query: { limit: 50 } }, { every: 3_000 });
  return (
    <JobsView
      kind="reports"
      ask={<AskReport />}
      list={list}
      line={(job) => (
        <>
          {t.reports.types[job.type]} · {t.reports.languages[job.lang]}{' '}
          <span className="quiet number">{clock.dayTime(job.from)}</span>
          <br />
          <span className="quiet">
            <JobState job={job} /> {job.pages !== null && t.reports.pages(job.pages)}
          </span>
        </>
      )}
      detail={(jobId) => <ReportDetail key={jobId} id={jobId} />}
    />
  );
}

function ReportDetail({ id }: { id: string }) {
  const t = useTexts();
  const job = useJob('/api/v1/reports/{job_id}', id);
  return (
    <article className="panel stack" aria-label={t.reports.inside}>
      <Shown of={job}>{(data) => <Report job={data} />}</Shown>
    </article>
  );
}

/** The PDF is fetched with the key of the page and shown as bytes: no address gives it away. */
function Report({ job }: { job: Schemas['ReportDto'] }) {
  const t = useTexts();
  const clock = useClock();
  const [inside, setInside] = useState<string>();
  const fetched = { path: { job_id: job.job_id } };
  const pdf = (): Promise<Blob> => bytes('/api/v1/reports/{job_id}/download', fetched, 'application/pdf');
  const look = useMutation({
    mutationFn: pdf,
    onSuccess: (blob) => setInside(URL.createObjectURL(new Blob([blob], { type: 'application/pdf' }))),
  });
  const download = useMutation({
    mutationFn: pdf,
    onSuccess: (blob) => saveFile(blob, job.filename ?? 'report.pdf'),
  });
  useEffect(() => () => (inside === undefined ? undefined : URL.revokeObjectURL(inside)), [inside]);
  return (
    <>
      <h2>
        {t.reports.types[job.type]} <span className="quiet">{t.reports.languages[job.lang]}</span>
      </h2>
      <p role="status">
        <JobState job={job} />
      </p>
      <dl className="facts number">
        <dt>{t.reports.period}</dt>
        <dd>
          {clock.dateTime(job.from)} – {clock.dateTime(job.to)}
        </dd>
        <dt>{t.reports.file}</dt>
        <dd>
          {job.filename ?? '–'} {job.pages !== null && `· ${t.reports.pages(job.pages)}`}
        </dd>
      </dl>
      {job.error && <p className="problem">{job.error.message}</p>}
      {job.status === 'completed' && (
        <p className="actions">
          <button className="main" onClick={() => look.mutate()} disabled={look.isPending}>
            {t.reports.look}
          </button>
          <button onClick={() => download.mutate()} disabled={download.isPending}>
            {t.reports.download}
          </button>
        </p>
      )}
      <Problem error={look.error ?? download.error} />
      {inside && <iframe className="document" src={inside} title={job.filename ?? t.reports.inside} />}
    </>
  );
}
