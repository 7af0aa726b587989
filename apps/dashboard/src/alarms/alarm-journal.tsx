import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { csvPages, saveFile, type Schemas } from '../api/client.ts';
import { useGet } from '../api/queries.ts';
import { ChoiceField } from '../parts/choices.tsx';
import { SeverityMark } from '../parts/severity.tsx';
import { Empty, Problem, Shown } from '../parts/states.tsx';
import { figure } from '../shell/numbers.ts';
import { useClock, useTexts } from '../shell/settings.tsx';
import { AlarmName, AlarmStateMark } from './alarm-words.tsx';

type Entry = Schemas['AlarmEntryDto'];
const PAGE = 100;
const CSV_PAGE = 500;

/** What happened to alarms, the last first; nothing of it is ever changed. */
export function AlarmJournal() {
  const t = useTexts();
  const [event, setEvent] = useState<Entry['event'] | ''>('');
  const [cursors, setCursors] = useState<string[]>([]);
  const cursor = cursors.at(-1);
  const filter = { event: event || undefined };
  const journal = useGet(
    '/api/v1/alarms/journal',
    { query: { ...filter, limit: PAGE, cursor } },
    // older pages do not change
    { every: cursor === undefined && 5_000, keep: true },
  );
  const csv = useMutation({
    mutationFn: () => csvPages('/api/v1/alarms/journal', { query: { ...filter, limit: CSV_PAGE } }),
    onSuccess: (blob) => saveFile(blob, 'alarm-journal.csv'),
  });
  const next = journal.data?.next_cursor ?? null;
  return (
    <>
      <div className="tools">
        <ChoiceField
          label={t.alarms.event}
          value={event}
          none={t.common.all}
          choose={(each) => {
            setEvent(each as Entry['event'] | '');
            setCursors([]);
          }}
          of={Object.entries(t.alarms.events)}
        />
        <button disabled={cursors.length === 0} onClick={() => setCursors([])}>
          {t.alarms.newest}
        </button>
        <button disabled={cursors.length === 0} onClick={() => setCursors(cursors.slice(0, -1))}>
          {t.alarms.newer}
        </button>
        <button
          disabled={next === null || journal.isPlaceholderData}
          onClick={() => next !== null && setCursors([...cursors, next])}
        >
          {t.alarms.older}
        </button>
        <button onClick={() => csv.mutate()} disabled={csv.isPending}>
          {t.trends.csv}
        </button>
      </div>
      <Problem error={csv.error} />
      <Shown of={journal}>
        {({ items }) =>
          items.length === 0 ? <Empty>{t.alarms.noEntries}</Empty> : <Entries entries={items} />
        }
      </Shown>
    </>
  );
}

function Entries({ entries }: { entries: Entry[] }) {
  const t = useTexts();
  const clock = useClock();
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={t.alarms.journal}>
      <table>
        <thead>
          <tr>
            <th>{t.alarms.at}</th>
            <th>{t.alarms.event}</th>
            <th>{t.alarms.alarm}</th>
            <th>{t.alarms.priority}</th>
            <th>{t.alarms.stateAfter}</th>
            <th className="number">{t.alarms.value}</th>
            <th>{t.alarms.cause}</th>
            <th>{t.alarms.said}</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.entry_id}>
              <td className="number left">{clock.dateTime(entry.plant_at)}</td>
              <td>
                {t.alarms.events[entry.event]}
                {entry.until && ` ${t.alarms.until(clock.dayTime(entry.until))}`}
                {entry.corrects !== null && ` (${entry.corrects})`}
              </td>
              <td>
                <AlarmName alarm={entry} />
              </td>
              <td>
                <SeverityMark severity={entry.priority} words />
              </td>
              <td>
                <AlarmStateMark state={entry.state} />
              </td>
              <td className="number">
                {entry.value !== null && `${figure(entry.value)} / ${figure(entry.limit_value)}`}
              </td>
              <td>{t.alarms.causes[entry.cause]}</td>
              <td>
                {entry.by}
                {entry.comment && `: ${entry.comment}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
