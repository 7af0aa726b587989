import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { change } from '../api/client.ts';
import { type Anomaly, useGet } from '../api/queries.ts';
import { Empty, Problem, Shown } from '../parts/states.tsx';
import { useTexts } from '../shell/settings.tsx';
import { AlarmTable } from './alarm-table.tsx';
import { type AlarmFilter, AlarmTools } from './alarm-tools.tsx';

export function AlarmsView() {
  const t = useTexts();
  const [filter, setFilter] = useState<AlarmFilter>({ isJournal: false, least: 'low', eqId: '' });
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const [comment, setComment] = useState('');
  const query = {
    limit: 200,
    min_severity: filter.least,
    eq_id: filter.eqId || undefined,
    state: filter.isJournal ? undefined : 'open',
  };
  const anomalies = useGet('/api/v1/anomalies', { query }, { every: 3_000, keep: true });
  const { acknowledge, done } = useAcknowledge(() => setSelected(new Set()));
  const chosen = (anomalies.data?.items ?? []).filter(
    (each) => selected.has(each.anomaly_id) && !each.acknowledged,
  );
  const acknowledgeAll = (all: Anomaly[]): void =>
    acknowledge.mutate({ anomalies: all, comment: comment.trim() || t.alarms.defaultComment });
  return (
    <div className="panel">
      <h1>{t.alarms.title}</h1>
      <div className="tools">
        <AlarmTools filter={filter} change={setFilter} />
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
          onClick={() => acknowledgeAll(chosen)}
        >
          {t.alarms.acknowledge} ({t.alarms.selected(chosen.length)})
        </button>
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
              acknowledge={(anomaly) => acknowledgeAll([anomaly])}
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
