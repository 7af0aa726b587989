import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { change } from '../api/client.ts';
import { type Anomaly, useEquipment, useGet } from '../api/queries.ts';
import { SEVERITIES, type Severity } from '../parts/severity.tsx';
import { Empty, Problem, Shown } from '../parts/states.tsx';
import { useName, useTexts } from '../shell/settings.tsx';
import { AlarmTable } from './alarm-table.tsx';
import { useAlarmSound } from './use-alarm-sound.ts';

export function AlarmsView() {
  const t = useTexts();
  const nameOf = useName();
  const equipment = useEquipment().data?.items ?? [];
  const [isJournal, setJournal] = useState(false);
  const [least, setLeast] = useState<Severity>('low');
  const [eqId, setEqId] = useState('');
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const query = {
    limit: 200,
    min_severity: least,
    eq_id: eqId || undefined,
    state: isJournal ? undefined : 'open',
  };
  const anomalies = useGet('/api/v1/anomalies', { query }, { every: 3_000, keep: true });
  const { acknowledge, done } = useAcknowledge(() => setSelected(new Set()));
  const sound = useAlarmSound();
  const [comment, setComment] = useState('');
  const chosen = (anomalies.data?.items ?? []).filter(
    (each) => selected.has(each.anomaly_id) && !each.acknowledged,
  );
  return (
    <div className="panel">
      <h1>{t.alarms.title}</h1>
      <div className="tools">
        <button aria-pressed={!isJournal} onClick={() => setJournal(false)}>
          {t.alarms.current}
        </button>
        <button aria-pressed={isJournal} onClick={() => setJournal(true)}>
          {t.alarms.journal}
        </button>
        <label className="field">
          {t.alarms.least}
          <select value={least} onChange={({ target }) => setLeast(target.value as Severity)}>
            {SEVERITIES.map((severity) => (
              <option key={severity} value={severity}>
                {t.severity[severity]}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          {t.alarms.unit}
          <select value={eqId} onChange={({ target }) => setEqId(target.value)}>
            <option value="">{t.common.all}</option>
            {equipment.map((unit) => (
              <option key={unit.eq_id} value={unit.eq_id}>
                {nameOf(unit)}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          {t.alarms.comment}
          <input
            value={comment}
            maxLength={2000}
            placeholder={t.alarms.defaultComment}
            onChange={({ target }) => setComment(target.value)}
          />
        </label>
        <button
          className="main"
          disabled={chosen.length === 0 || acknowledge.isPending}
          onClick={() =>
            acknowledge.mutate({ anomalies: chosen, comment: comment.trim() || t.alarms.defaultComment })
          }
        >
          {t.alarms.acknowledge} ({t.alarms.selected(chosen.length)})
        </button>
        <label className="check" title={t.alarms.soundHelp}>
          <input type="checkbox" checked={sound.isOn} onChange={({ target }) => sound.turn(target.checked)} />
          {t.alarms.sound}
        </label>
      </div>
      <div role="status">{done > 0 && <p className="quiet">{t.alarms.done(done)}</p>}</div>
      <Problem error={acknowledge.error} />
      <Shown of={anomalies}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty>{t.alarms.empty}</Empty>
          ) : (
            <AlarmTable
              anomalies={items}
              selected={selected}
              select={setSelected}
              acknowledge={(anomaly) =>
                acknowledge.mutate({
                  anomalies: [anomaly],
                  comment: comment.trim() || t.alarms.defaultComment,
                })
              }
            />
          )
        }
      </Shown>
    </div>
  );
}

/** One after the other: the API has no route for many, and one that somebody else was faster with is no failure. */
function useAcknowledge(after: () => void) {
  const client = useQueryClient();
  const acknowledge = useMutation({
    mutationFn: async ({ anomalies, comment }: { anomalies: Anomaly[]; comment: string }) => {
      for (const { anomaly_id } of anomalies)
        await change('POST', '/api/v1/anomalies/{anomaly_id}/acknowledge', {
          path: { anomaly_id },
          body: { comment },
        }).catch((error: unknown) => {
          if ((error as { code?: string }).code !== 'ANOMALY_ACKNOWLEDGED') throw error;
        });
      return anomalies.length;
    },
    onSuccess: after,
    onSettled: () => client.invalidateQueries({ queryKey: ['/api/v1/anomalies'] }),
  });
  return { acknowledge, done: acknowledge.data ?? 0 };
}
