import type { Schemas } from '../api/client.ts';
import { useTexts } from '../shell/settings.tsx';

type Job = Pick<Schemas['ReportDto'], 'status' | 'progress' | 'error'>;

/** How far a job is, in words and as a bar. */
export function JobState({ job }: { job: Job }) {
  const t = useTexts();
  const isGoing = job.status === 'queued' || job.status === 'active';
  return (
    <span className={`job ${job.status}`}>
      {t.job[job.status]}
      {isGoing && (
        <>
          {' '}
          <progress
            max={100}
            value={job.status === 'active' ? job.progress : undefined}
            aria-label={t.common.progress}
          />
        </>
      )}
      {job.error && (
        <span title={job.error.message}>
          {' '}
          <code>{job.error.code}</code>
        </span>
      )}
    </span>
  );
}
