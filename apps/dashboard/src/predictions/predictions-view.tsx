import { useState } from 'react';
import { useGet } from '../api/queries.ts';
import { UnitField } from '../parts/choices.tsx';
import { AskJob, JobsView } from '../parts/job-views.tsx';
import { useUnitName } from '../parts/names.ts';
import { JobState } from '../parts/progress.tsx';
import { percent } from '../shell/numbers.ts';
import { useRoute } from '../shell/route.ts';
import { useClock, useTexts } from '../shell/settings.tsx';
import { PredictionDetail } from './prediction-detail.tsx';

export function PredictionsView() {
  const clock = useClock();
  const unitName = useUnitName();
  const list = useGet('/api/v1/predictions', { query: { limit: 50 } }, { every: 3_000 });
  return (
    <JobsView
      kind="predictions"
      ask={<AskPrediction />}
      list={list}
      line={(job) => (
        <>
          <span className="number">{clock.dayTime(job.at)}</span>{' '}
          {job.eq_id === null ? `#${job.lot_id}` : unitName(job.eq_id)}{' '}
          <strong className="number">{percent(job.fault_probability)}</strong>
          <br />
          <span className="quiet">
            <JobState job={job} />
          </span>
        </>
      )}
      detail={(jobId) => <PredictionDetail key={jobId} id={jobId} />}
    />
  );
}

function AskPrediction() {
  const t = useTexts();
  const { query } = useRoute();
  const [eqId, setEqId] = useState(query.get('eq_id') ?? 'REACTOR');
  const [steps, setSteps] = useState(20);
  return (
    <AskJob kind="predictions" body={{ eq_id: eqId, horizon_steps: steps }}>
      <UnitField label={t.predictions.subject} value={eqId} choose={setEqId} />
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
    </AskJob>
  );
}
