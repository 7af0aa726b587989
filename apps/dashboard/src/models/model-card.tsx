import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { change, type Schemas } from '../api/client.ts';
import { useGet } from '../api/queries.ts';
import { Bar } from '../parts/bar.tsx';
import { useModelName } from '../parts/names.ts';
import { Problem, Shown } from '../parts/states.tsx';
import { figure } from '../shell/numbers.ts';
import { useClock, useTexts } from '../shell/settings.tsx';

type Model = Schemas['ModelDto'];

export function ModelCard({ model }: { model: Model }) {
  const t = useTexts();
  const modelName = useModelName();
  const clock = useClock();
  const { name, version } = model;
  const card = useGet('/api/v1/models/{name}/{version}/card', { path: { name, version } });
  return (
    <article className="panel stack" aria-label={modelName(name)}>
      <h2>
        {modelName(name)}{' '}
        <span className="quiet">
          {t.models.version} {version}
        </span>{' '}
        {model.active && <span className="state">{t.models.active}</span>}
      </h2>
      <p className="quiet">
        {t.models.kind[model.kind]} · <span className="code">{name}</span> · {clock.date(model.created_at)} ·{' '}
        {model.licence} · {String(model.data.source ?? '')}
      </p>
      <Changes model={model} />
      <div className="columns">
        <Gates gates={model.gates} />
        <ByFault quality={model.quality} />
      </div>
      <Shown of={card}>
        {({ evaluation }) =>
          evaluation ? <Evaluation evaluation={evaluation} /> : <Quality quality={model.quality} />
        }
      </Shown>
      <section>
        <h3>{t.models.limits}</h3>
        <ul>
          {model.limits.map((limit) => (
            <li key={limit} className="indent">
              {limit}
            </li>
          ))}
        </ul>
      </section>
    </article>
  );
}

/** Another version, or the way back. */
function Changes({ model }: { model: Model }) {
  const t = useTexts();
  const client = useQueryClient();
  const [source, setSource] = useState<'history' | 'simulated'>(
    model.kind === 'detector' ? 'history' : 'simulated',
  );
  const path = { name: model.name };
  const after = { onSettled: () => client.invalidateQueries() };
  const activate = useMutation({
    mutationFn: () =>
      change('POST', '/api/v1/models/{name}/activate', { path, body: { version: model.version } }),
    ...after,
  });
  const train = useMutation({
    mutationFn: () => change('POST', '/api/v1/models/{name}/train', { path, body: { source } }),
    ...after,
  });
  return (
    <div className="tools">
      <button onClick={() => activate.mutate()} disabled={model.active || activate.isPending}>
        {t.models.activate}
      </button>
      <label className="field">
        {t.models.source}
        <select value={source} onChange={({ target }) => setSource(target.value as 'history' | 'simulated')}>
          {model.kind === 'detector' && <option value="history">{t.models.history}</option>}
          <option value="simulated">{t.models.simulated}</option>
        </select>
      </label>
      <button onClick={() => train.mutate()} disabled={train.isPending}>
        {t.models.train}
      </button>
      <Problem error={activate.error ?? train.error} />
    </div>
  );
}

function Gates({ gates }: { gates: Model['gates'] }) {
  const t = useTexts();
  return (
    <section>
      <h3>{t.models.gates}</h3>
      <ul className="plain rows">
        {gates.map(({ figure: name, value, bound, direction, passed }) => (
          <li key={name}>
            <span>{t.models.figures[name] ?? name}</span>
            <span className="number">
              {figure(value)} {direction === 'max' ? '≤' : '≥'} {figure(bound)}
            </span>
            <strong className={passed ? undefined : 'abnormal'}>
              {passed ? t.models.passed : t.models.missed}
            </strong>
          </li>
        ))}
      </ul>
    </section>
  );
}

function ByFault({ quality }: { quality: Model['quality'] }) {
  const t = useTexts();
  const rates = quality.detection_rate_by_fault;
  if (typeof rates !== 'object' || rates === null) return null;
  return (
    <section>
      <h3>{t.models.byFault}</h3>
      {Object.entries(rates as Record<string, number>).map(([idv, rate]) => (
        <div key={idv} className="bar-row">
          <span>IDV {idv}</span>
          <Bar share={rate} />
        </div>
      ))}
    </section>
  );
}

function Evaluation({ evaluation }: { evaluation: Schemas['ModelEvaluationDto'] }) {
  const t = useTexts();
  return (
    <section>
      <h3>{t.models.quality}</h3>
      <p className="quiet">{t.models.measured}</p>
      <div className="scroll" tabIndex={0} role="region" aria-label={t.models.quality}>
        <table>
          <thead>
            <tr>
              <th>{t.models.figure}</th>
              <th>{t.models.set}</th>
              <th className="number">{t.common.value}</th>
              <th className="number">{t.models.interval}</th>
            </tr>
          </thead>
          <tbody>
            {evaluation.headline.map(({ figure: name, set, value, low, high }) => (
              <tr key={`${name}${set}`}>
                <td>{t.models.figures[name] ?? name}</td>
                <td>{t.models.sets[set] ?? set}</td>
                <td className="number">{figure(value)}</td>
                <td className="number">
                  {figure(low)} – {figure(high)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** What the training measured, where nobody has evaluated the version since. */
function Quality({ quality }: { quality: Model['quality'] }) {
  const t = useTexts();
  const figures = Object.entries(quality).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );
  return (
    <section>
      <h3>{t.models.quality}</h3>
      <dl className="facts number">
        {figures.map(([name, value]) => [
          <dt key={name}>{t.models.figures[name] ?? name}</dt>,
          <dd key={`${name}-value`}>{figure(value)}</dd>,
        ])}
      </dl>
    </section>
  );
}
