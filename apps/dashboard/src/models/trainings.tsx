import { useMutation, useQueryClient } from '@tanstack/react-query';
import { change } from '../api/client.ts';
import { useGet } from '../api/queries.ts';
import { useModelName } from '../parts/names.ts';
import { JobState } from '../parts/progress.tsx';
import { Empty } from '../parts/states.tsx';
import { useTexts } from '../shell/settings.tsx';

export function Trainings() {
  const t = useTexts();
  const modelName = useModelName();
  const client = useQueryClient();
  const trainings = useGet('/api/v1/model-trainings', { query: { limit: 10 } }, { every: 3_000 });
  const cancel = useMutation({
    mutationFn: (job_id: string) =>
      change('DELETE', '/api/v1/model-trainings/{job_id}', { path: { job_id } }),
    onSettled: () => client.invalidateQueries({ queryKey: ['/api/v1/model-trainings'] }),
  });
  const items = trainings.data?.items ?? [];
  return (
    <section className="stack">
      <h2>{t.models.trainings}</h2>
      {items.length === 0 && <Empty>{t.models.noTrainings}</Empty>}
      <ul className="plain rows">
        {items.map((job) => (
          <li key={job.job_id}>
            <strong>{modelName(job.model)}</strong> <JobState job={job} />{' '}
            {job.result && `${t.models.version} ${job.result.version}`}
            {(job.status === 'queued' || job.status === 'active') && (
              <button onClick={() => cancel.mutate(job.job_id)}>{t.common.cancel}</button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
