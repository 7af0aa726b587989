import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { change, type Schemas } from '../api/client.ts';
import { useGet } from '../api/queries.ts';
import { ChoiceField, UnitField } from '../parts/choices.tsx';
import { SEVERITIES, type Severity } from '../parts/severity.tsx';
import { Empty, Problem, Shown } from '../parts/states.tsx';
import { useTexts } from '../shell/settings.tsx';
import { AlarmTable } from './alarm-table.tsx';
import { type AlarmState, STATES } from './alarm-words.tsx';
import { useAlarmsRead } from './use-alarm-change.ts';

interface Filter {
  /** Empty: all that are not normal. */
  state: AlarmState | '';
  least: Severity;
  /** Empty: of all units. */
  eqId: string;
}

const MOST_ALARMS = 500;

export function CurrentAlarms() {
  const t = useTexts();
  const [filter, setFilter] = useState<Filter>({ state: '', least: 'low', eqId: '' });
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const [comment, setComment] = useState('');
  const query = {
    limit: MOST_ALARMS,
    min_priority: filter.least,
    state: filter.state || undefined,
    eq_id: filter.eqId || undefined,
  };
  const alarms = useGet('/api/v1/alarms', { query }, { every: 3_000, keep: true });
  const onSettled = useAlarmsRead();
  const acknowledge = useMutation({
    mutationFn: (alarm_ids: number[]) =>
      change<Schemas['AlarmsAcknowledgedDto']>('POST', '/api/v1/alarms/acknowledge', {
        body: { alarm_ids, comment: comment.trim() || t.alarms.defaultComment },
      }),
    onSuccess: () => setSelected(new Set()),
    onSettled,
  });
  const chosen = (alarms.data?.items ?? []).filter(
    ({ alarm_id, acknowledged }) => selected.has(alarm_id) && !acknowledged,
  );
  const done = acknowledge.data?.acknowledged.length ?? 0;
  return (
    <>
      <div className="tools">
        <AlarmFilter filter={filter} change={setFilter} />
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
          onClick={() => acknowledge.mutate(chosen.map(({ alarm_id }) => alarm_id))}
        >
          {t.alarms.acknowledge} ({t.alarms.selected(chosen.length)})
        </button>
      </div>
      <div role="status">{done > 0 && <p className="quiet">{t.alarms.done(done)}</p>}</div>
      <Problem error={acknowledge.error} />
      <Shown of={alarms}>
        {({ items, next_cursor: more }) => (
          <>
            {items.length === 0 ? (
              <Empty>{t.alarms.empty}</Empty>
            ) : (
              <AlarmTable
                alarms={items}
                selected={selected}
                select={setSelected}
                acknowledge={({ alarm_id }) => acknowledge.mutate([alarm_id])}
              />
            )}
            {more !== null && <p className="quiet">{t.alarms.more(MOST_ALARMS)}</p>}
          </>
        )}
      </Shown>
    </>
  );
}

function AlarmFilter({ filter, change: set }: { filter: Filter; change: (filter: Filter) => void }) {
  const t = useTexts();
  return (
    <>
      <ChoiceField
        label={t.common.state}
        value={filter.state}
        none={t.alarms.notNormal}
        choose={(state) => set({ ...filter, state: state as Filter['state'] })}
        of={STATES.map((state) => [state, t.alarms.states[state]])}
      />
      <ChoiceField
        label={t.alarms.least}
        value={filter.least}
        choose={(least) => set({ ...filter, least: least as Severity })}
        of={SEVERITIES.map((severity) => [severity, t.severity[severity]])}
      />
      <UnitField
        label={t.common.unit}
        value={filter.eqId}
        none={t.common.all}
        choose={(eqId) => set({ ...filter, eqId })}
      />
    </>
  );
}
