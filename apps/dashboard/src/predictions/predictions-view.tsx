import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { change, type Schemas } from '../api/client.ts';
import { useEquipment, useGet } from '../api/queries.ts';
import { JobState } from '../parts/progress.tsx';
import { Empty, Problem, Shown } from '../parts/states.tsx';
import { percent } from '../shell/numbers.ts';
import { go, href, useRoute } from '../shell/route.ts';
import { useClock, useName, useTexts } from '../shell/settings.tsx';
import { PredictionDetail } from './prediction-detail.tsx';

export function PredictionsView() {
  const t = useTexts();
  const clock = useClock();
  const { id } = useRoute();
  const list = useGet('/api/v1/predictions', { query: { limit: 50 } }, { every: 3_000 });
  const shown = id ?? list.data?.items[0]?.job_id;
  return (
    <div className="split">
      <section className="panel" aria-labelledby="predictions-heading">
        <h1 id="predictions-heading">{t.predictions.title}</h1>
        <AskPrediction />
        <Shown of={list}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty>{t.predictions.empty}</Empty>
            ) : (
              <ul className="choices">
                {items.map((job) => (
                  <li key={job.job_id}>
                    <a
                      href={href('predictions', job.job_id)}
                      aria-current={job.job_id === shown ? 'true' : undefined}
                    >
                      <span className="number">{clock.dayTime(job.at)}</span> {job.eq_id ?? `#${job.lot_id}`}{' '}
                      <strong className="number">{percent(job.fault_probability)}</strong>
                      <br />
                      <span className="quiet">
                        <JobState job={job} />
                      </span>
                    </a>
                  </li>
                ))}
              </ul>
            )
          }
        </Shown>
      </section>
      {shown === undefined ? (
        <Empty>{t.predictions.choose}</Empty>
      ) : (
        <PredictionDetail key={shown} id={shown} />
      )}
    </div>
  );
}

function AskPrediction() {
  const t = useTexts();
  const nameOf = useName();
  const client = useQueryClient();
  const { query } = useRoute();
  const equipment = useEquipment().data?.items ?? [];
  const [eqId, setEqId] = useState(query.get('eq_id') ?? 'REACTOR');
  const [steps, setSteps] = useState(20);
  const ask = useMutation({
    mutationFn: () =>
      change<Schemas['JobAcceptedDto']>('POST', '/api/v1/predictions', {
        body: { eq_id: eqId, horizon_steps: steps },
      }),
    onSuccess: async ({ job_id }) => {
      go(href('predictions', job_id));
      await client.invalidateQueries({ queryKey: ['/api/v1/predictions'] });
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
      <label className="field">
        {t.predictions.subject}
        <select value={eqId} onChange={({ target }) => setEqId(target.value)}>
          {equipment.map((unit) => (
            <option key={unit.eq_id} value={unit.eq_id}>
              {nameOf(unit)}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        {t.predictions.horizon}
        <input
          type="number"
          min={1}
          max={20}
          value={steps}
          onChange={({ target }) => setSteps(Number(target.value))}
        />
      </label>
      <button className="main" disabled={ask.isPending}>
        {t.predictions.ask}
      </button>
      <Problem error={ask.error} />
    </form>
  );
}
