import { useState } from 'react';
import type { Schemas } from '../api/client.ts';
import { useEquipment, useGet, useLots } from '../api/queries.ts';
import { ChoiceField } from '../parts/choices.tsx';
import { AskJob } from '../parts/job-views.tsx';
import { useRoute } from '../shell/route.ts';
import { type Language, useClock, useName, useSettings, useTexts } from '../shell/settings.tsx';

type Kind = Schemas['CreateReportDto']['type'];
const KINDS: Kind[] = ['daily', 'production_day', 'equipment', 'lot', 'anomaly'];

export function AskReport() {
  const t = useTexts();
  const { language } = useSettings();
  const { zone } = useClock();
  const { query } = useRoute();
  const [type, setType] = useState<Kind>(KINDS.find((kind) => kind === query.get('type')) ?? 'daily');
  const [lang, setLang] = useState<Language>(language);
  const [subject, setSubject] = useState(query.get('eq_id') ?? query.get('anomaly_id') ?? '');
  const subjects = useSubjects(type);
  const chosen = subjects.some(([id]) => id === subject) ? subject : (subjects[0]?.[0] ?? '');
  return (
    <AskJob
      kind="reports"
      body={{ type, lang, time_zone: zone, ...aboutOf(type, chosen) }}
      isReady={subjects.length > 0 || !needsSubject(type)}
    >
      <ChoiceField
        label={t.reports.type}
        value={type}
        choose={(kind) => setType(kind as Kind)}
        of={KINDS.map((kind) => [kind, t.reports.types[kind]])}
      />
      {subjects.length > 0 && (
        <ChoiceField label={t.reports.subject} value={chosen} choose={setSubject} of={subjects} />
      )}
      <ChoiceField
        label={t.reports.language}
        value={lang}
        choose={(each) => setLang(each as Language)}
        of={[
          ['en', t.reports.languages.en],
          ['ko', t.reports.languages.ko],
        ]}
      />
    </AskJob>
  );
}

const needsSubject = (type: Kind): boolean => type === 'equipment' || type === 'lot' || type === 'anomaly';

/** What a report of this kind can be about: id and name. */
function useSubjects(type: Kind): [string, string][] {
  const t = useTexts();
  const nameOf = useName();
  const clock = useClock();
  const equipment = useEquipment().data?.items ?? [];
  const lots = useLots().data?.items ?? [];
  const asked = { query: { limit: 200 } };
  const anomalies = useGet('/api/v1/anomalies', asked, { enabled: type === 'anomaly' }).data?.items ?? [];
  if (type === 'equipment') return equipment.map((unit) => [unit.eq_id, nameOf(unit)]);
  if (type === 'lot') return lots.map(({ lot_id, lot_no }) => [String(lot_id), lot_no]);
  if (type === 'anomaly')
    return anomalies.map(({ anomaly_id, detector, started_at }) => [
      String(anomaly_id),
      `${anomaly_id} ${t.detector[detector]} ${clock.dayTime(started_at)}`,
    ]);
  return [];
}

function aboutOf(type: Kind, subject: string): Partial<Schemas['CreateReportDto']> {
  if (type === 'equipment') return { eq_id: subject };
  if (type === 'lot') return { lot_id: Number(subject) };
  if (type === 'anomaly') return { anomaly_id: Number(subject) };
  return {};
}
