import { lazy, Suspense } from 'react';
import {
  useEquipment,
  useHealthScores,
  useOpenIncidents,
  useStatuses,
  useStreams,
  useTags,
  useTagsByCode,
} from '../api/queries.ts';
import { SeverityMark, StatusMark } from '../parts/severity.tsx';
import { Empty, Loading, Problem } from '../parts/states.tsx';
import { percent } from '../shell/numbers.ts';
import { href, useRoute } from '../shell/route.ts';
import { useClock, useName, useSettings, useTexts } from '../shell/settings.tsx';
import { Flowsheet } from './flowsheet.tsx';
import { HealthTile } from './health-tile.tsx';

const UnitPanel = lazy(async () => ({ default: (await import('./unit-panel.tsx')).UnitPanel }));

export function PlantView() {
  const t = useTexts();
  const { id } = useRoute();
  const [equipment, streams, tags] = [useEquipment(), useStreams(), useTags()];
  const units = equipment.data?.items ?? [];
  const statuses = useStatuses(units.map(({ eq_id }) => eq_id));
  const failed = equipment.error ?? streams.error ?? tags.error;
  if (!equipment.data || !streams.data || !tags.data)
    return failed ? (
      <Problem
        error={failed}
        retry={() => void Promise.all([equipment.refetch(), streams.refetch(), tags.refetch()])}
      />
    ) : (
      <Loading />
    );
  const byCode = new Map(tags.data.items.map((tag) => [tag.tag, tag]));
  return (
    <div className={id === undefined ? 'plant' : 'plant with-panel'}>
      <div className="plant-main">
        <h1 className="unseen">{t.plant.title}</h1>
        {tags.data.items.every(({ latest }) => !latest) && <Empty>{t.plant.noValues}</Empty>}
        <WrongNow />
        <Flowsheet equipment={units} streams={streams.data.items} tags={byCode} statuses={statuses} />
        <section aria-labelledby="units-heading">
          <h2 id="units-heading">{t.plant.units}</h2>
          <ul className="tiles">
            {units.map((unit) => (
              <HealthTile key={unit.eq_id} unit={unit} status={statuses.get(unit.eq_id)} />
            ))}
          </ul>
        </section>
      </div>
      {id !== undefined && (
        <Suspense fallback={<Loading />}>
          <UnitPanel eqId={id} />
        </Suspense>
      )}
    </div>
  );
}

/** The first question of whoever comes to the screen. */
function WrongNow() {
  const t = useTexts();
  const { language } = useSettings();
  const clock = useClock();
  const nameOf = useName();
  const incidents = useOpenIncidents().data?.items;
  const scores = useHealthScores().data;
  const equipment = useEquipment().data?.items ?? [];
  const tags = useTagsByCode();
  const unhealthy = scores?.items.filter(({ band }) => band === 'poor' || band === 'fair') ?? [];
  if (!incidents) return null;
  return (
    <section className="wrong-now" aria-labelledby="wrong-heading">
      <h2 id="wrong-heading">{t.plant.wrongNow}</h2>
      {incidents.length === 0 && unhealthy.length === 0 && <p className="quiet">{t.plant.nothingWrong}</p>}
      <ul className="plain">
        {incidents.map((incident) => (
          <li key={incident.incident_id}>
            <a href={href('incidents', incident.incident_id)}>
              <SeverityMark severity={incident.severity} words />{' '}
              {incident.diagnosis
                ? `${language === 'ko' ? incident.diagnosis.title_ko : incident.diagnosis.title}, ${percent(incident.diagnosis.probability)}`
                : t.incident.one(incident.incident_id)}
            </a>{' '}
            <span className="quiet number">
              {clock.dayTime(incident.started_at)}
              {incident.eq_id && ` · ${nameOf(equipment.find(({ eq_id }) => eq_id === incident.eq_id))}`}
            </span>
          </li>
        ))}
        {incidents.length === 0 &&
          unhealthy.map((unit) => (
            <li key={unit.eq_id}>
              <a href={href('plant', unit.eq_id)}>
                <StatusMark status="warning" /> {nameOf(unit)}
              </a>{' '}
              <span className="quiet">
                {unit.drivers
                  .slice(0, 3)
                  .map(({ tag, name }) => nameOf(tags.get(tag)) || name)
                  .join(', ')}
              </span>
            </li>
          ))}
      </ul>
    </section>
  );
}
