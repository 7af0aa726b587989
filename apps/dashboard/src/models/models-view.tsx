import { useGet } from '../api/queries.ts';
import { useModelName } from '../parts/names.ts';
import { Empty, Shown } from '../parts/states.tsx';
import { href, useRoute } from '../shell/route.ts';
import { useTexts } from '../shell/settings.tsx';
import { ModelCard } from './model-card.tsx';
import { Trainings } from './trainings.tsx';

export function ModelsView() {
  const t = useTexts();
  const modelName = useModelName();
  const { id } = useRoute();
  const models = useGet('/api/v1/models', {}, { every: 10_000 });
  return (
    <Shown of={models}>
      {({ items }) => {
        const keyOf = ({ name, version }: { name: string; version: string }): string => `${name}@${version}`;
        const shown =
          items.find((model) => keyOf(model) === id) ?? items.find(({ active }) => active) ?? items[0];
        return (
          <div className="split">
            <section className="panel" aria-labelledby="models-heading">
              <h1 id="models-heading">{t.models.title}</h1>
              {items.length === 0 && <Empty>{t.models.empty}</Empty>}
              <ul className="choices">
                {items.map((model) => (
                  <li key={keyOf(model)}>
                    <a
                      href={href('models', keyOf(model))}
                      aria-current={model === shown ? 'true' : undefined}
                    >
                      <strong>{modelName(model.name)}</strong> {t.models.version} {model.version}
                      <br />
                      <span className="quiet">
                        {t.models.kind[model.kind]} · <span className="code">{model.name}</span>{' '}
                        {model.active && `· ${t.models.active}`}
                      </span>
                    </a>
                  </li>
                ))}
              </ul>
              <Trainings />
            </section>
            {shown && <ModelCard key={keyOf(shown)} model={shown} />}
          </div>
        );
      }}
    </Shown>
  );
}
