import { useMutation, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { change, type ProblemError, type Schemas } from '../api/client.ts';
import { go, href, useRoute } from '../shell/route.ts';
import { useTexts } from '../shell/settings.tsx';
import { Empty, Problem, Shown } from './states.tsx';

/** What is done by jobs, and where it is asked for and shown. */
type JobKind = 'predictions' | 'reports';

interface JobsViewProps<Job> {
  kind: JobKind;
  ask: ReactNode;
  list: UseQueryResult<{ items: Job[] }, ProblemError>;
  /** A job in the list. */
  line: (job: Job) => ReactNode;
  /** The one that is looked at. */
  detail: (jobId: string) => ReactNode;
}

/** Jobs of a kind beside the one that is looked at, which is the newest until one is chosen. */
export function JobsView<Job extends { job_id: string }>({
  kind,
  ask,
  list,
  line,
  detail,
}: JobsViewProps<Job>) {
  const t = useTexts()[kind];
  const { id } = useRoute();
  const shown = id ?? list.data?.items[0]?.job_id;
  return (
    <div className="split">
      <section className="panel" aria-labelledby="jobs-heading">
        <h1 id="jobs-heading">{t.title}</h1>
        {ask}
        <Shown of={list}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty>{t.empty}</Empty>
            ) : (
              <ul className="choices">
                {items.map((job) => (
                  <li key={job.job_id}>
                    <a href={href(kind, job.job_id)} aria-current={job.job_id === shown ? 'true' : undefined}>
                      {line(job)}
                    </a>
                  </li>
                ))}
              </ul>
            )
          }
        </Shown>
      </section>
      {shown === undefined ? <Empty>{t.choose}</Empty> : detail(shown)}
    </div>
  );
}

interface AskJobProps {
  kind: JobKind;
  body: Schemas['CreatePredictionDto'] | Schemas['CreateReportDto'];
  isReady?: boolean;
  /** The fields of the form. */
  children: ReactNode;
}

/** The form that asks for a job and goes to it. */
export function AskJob({ kind, body, isReady = true, children }: AskJobProps) {
  const t = useTexts()[kind];
  const client = useQueryClient();
  const ask = useMutation({
    mutationFn: () => change<Schemas['JobAcceptedDto']>('POST', `/api/v1/${kind}`, { body }),
    onSuccess: async ({ job_id }) => {
      go(href(kind, job_id));
      await client.invalidateQueries({ queryKey: [`/api/v1/${kind}`] });
    },
  });
  return (
    <form
      className="tools"
      onSubmit={(event) => {
        event.preventDefault();
        ask.mutate();
      }}
    >
      {children}
      <button className="main" disabled={ask.isPending || !isReady}>
        {t.ask}
      </button>
      <Problem error={ask.error} />
    </form>
  );
}
