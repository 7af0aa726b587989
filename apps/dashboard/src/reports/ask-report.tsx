import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { change, type Schemas } from '../api/client.ts';
import { useEquipment, useGet, useLots } from '../api/queries.ts';
import { Problem } from '../parts/states.tsx';
import { go, href, useRoute } from '../shell/route.ts';
import { useClock, useName, useSettings, useTexts } from '../shell/settings.tsx';

type Kind = Schemas['CreateReportDto']['type'];
const KINDS: Kind[] = ['daily', 'production_day', 'equipment', 'lot', 'anomaly'];

export function AskReport() {
  const t = useTexts();
  const { language } = useSettings();
  const { zone } = useClock();
  const client = useQueryClient();
  const { query } = useRoute();
  const [type, setType] = useState<Kind>(KINDS.find((kind) => kind === query.get('type')) ?? 'daily');
  const [lang, setLang] = useState<'en' | 'ko'>(language);
  const [subject, setSubject] = useState(query.get('eq_id') ?? query.get('anomaly_id') ?? '');
  const subjects = useSubjects(type);
  const chosen = subjects.some(([id]) => id === subject) ? subject : (subjects[0]?.[0] ?? '');
  const ask = useMutation({
    mutationFn: () =>
      change<Schemas['JobAcceptedDto']>('POST', '/api/v1/reports', {
        body: { type, lang, time_zone: zone, ...aboutOf(type, chosen) },
      }),
    onSuccess: async ({ job_id }) => {
      go(href('reports', job_id));
      await client.invalidateQueries({ queryKey: ['/api/v1/reports'] });
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
        {t.reports.type}
        <select value={type} onChange={({ target }) => setType(target.value as Kind)}>
          {KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {t.reports.types[kind]}
            </option>
          ))}
        </select>
      </label>
      {subjects.length > 0 && (
        <label className="field">
          {t.reports.subject}
          <select value={chosen} onChange={({ target }) => setSubject(target.value)}>
            {subjects.map(([id, name]) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      <label className="field">
        {t.reports.language}
        <select value={lang} onChange={({ target }) => setLang(target.value as 'en' | 'ko')}>
          <option value="en">{t.reports.languages.en}</option>
          <option value="ko">{t.reports.languages.ko}</option>
        </select>
      </label>
      <button className="main" disabled={ask.isPending || (subjects.length === 0 && needsSubject(type))}>
        {t.reports.ask}
      </button>
      <Problem error={ask.error} />
    </form>
  );
}

const needsSubject = (type: Kind): boolean => type === 'equipment' || type === 'lot' || type === 'anomaly';

/** What a report of this kind can be about: id and name. */
function useSubjects(type: Kind): [string, string][] {
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
      `${anomaly_id} ${detector} ${clock.dayTime(started_at)}`,
    ]);
  return [];
}

function aboutOf(type: Kind, subject: string): Partial<Schemas['CreateReportDto']> {
  if (type === 'equipment') return { eq_id: subject };
  if (type === 'lot') return { lot_id: Number(subject) };
  if (type === 'anomaly') return { anomaly_id: Number(subject) };
  return {};
}
