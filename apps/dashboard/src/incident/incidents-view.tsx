import { useEquipment, useGet } from '../api/queries.ts';
import { SeverityMark } from '../parts/severity.tsx';
import { Empty, Shown } from '../parts/states.tsx';
import { percent } from '../shell/numbers.ts';
import { href, useRoute } from '../shell/route.ts';
import { useClock, useName, useSettings, useTexts } from '../shell/settings.tsx';
import { IncidentDetail } from './incident-detail.tsx';

export function IncidentsView() {
  const t = useTexts();
  const { id } = useRoute();
  const { language } = useSettings();
  const clock = useClock();
  const nameOf = useName();
  const equipment = useEquipment().data?.items ?? [];
  const incidents = useGet('/api/v1/incidents', { query: { limit: 100 } }, { every: 5_000 });
  return (
    <Shown of={incidents}>
      {({ items }) => {
        const shown = id ?? items[0]?.incident_id;
        return (
          <div className="split">
            <section className="panel" aria-labelledby="incidents-heading">
              <h1 id="incidents-heading">{t.incident.title}</h1>
              {items.length === 0 && <Empty>{t.incident.empty}</Empty>}
              <ul className="choices">
                {items.map((incident) => (
                  <li key={incident.incident_id}>
                    <a
                      href={href('incidents', incident.incident_id)}
                      aria-current={String(shown) === String(incident.incident_id) ? 'true' : undefined}
                    >
                      <SeverityMark severity={incident.severity} words />{' '}
                      <strong>#{incident.incident_id}</strong> {t.common[incident.state]}
                      <br />
                      {incident.diagnosis &&
                        `${language === 'ko' ? incident.diagnosis.title_ko : incident.diagnosis.title} ${percent(incident.diagnosis.probability)}`}
                      <br />
                      <span className="quiet number">
                        {clock.dayTime(incident.started_at)}{' '}
                        {nameOf(equipment.find(({ eq_id }) => eq_id === incident.eq_id))}
                        {incident.acknowledged && ` · ${t.alarms.acknowledged}`}
                      </span>
                    </a>
                  </li>
                ))}
              </ul>
            </section>
            {shown !== undefined && <IncidentDetail key={shown} id={Number(shown)} />}
          </div>
        );
      }}
    </Shown>
  );
}
