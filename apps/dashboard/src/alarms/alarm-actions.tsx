import { useState } from 'react';
import { usePlant } from '../api/queries.ts';
import { Problem } from '../parts/states.tsx';
import { useTexts } from '../shell/settings.tsx';
import { type Alarm, useAlarmName } from './alarm-words.tsx';
import { type AlarmAction, useAlarmChange } from './use-alarm-change.ts';

const HOUR = 3_600_000;
const SHELF_HOURS = [0.25, 1, 4, 8, 24];

/** Everything one does with an alarm but acknowledge it; as the form opens, one click puts it on the shelf for an hour. */
export function AlarmActions({ alarm, close }: { alarm: Alarm; close: () => void }) {
  const t = useTexts();
  const name = useAlarmName()(alarm);
  const plant = usePlant().data;
  const [hours, setHours] = useState(1);
  const [text, setText] = useState('');
  const asked = useAlarmChange(alarm.alarm_id, close);
  const words = text.trim();
  const ask = (action: AlarmAction, body: object): void => asked.mutate({ action, body });
  const shelve = (): void => {
    if (plant)
      ask('shelve', {
        reason: words || t.alarms.defaultReason,
        until: new Date(Date.parse(plant.time) + hours * HOUR).toISOString(),
      });
  };
  return (
    <form
      className="tools"
      aria-label={name}
      onSubmit={(event) => {
        event.preventDefault();
        shelve();
      }}
    >
      <label className="field">
        {t.alarms.shelfTime}
        <select value={hours} onChange={({ target }) => setHours(Number(target.value))}>
          {SHELF_HOURS.map((each) => (
            <option key={each} value={each}>
              {t.alarms.hours(each)}
            </option>
          ))}
        </select>
      </label>
      <label className="field wide">
        {t.alarms.reason}
        <input
          value={text}
          maxLength={2000}
          placeholder={t.alarms.defaultReason}
          onChange={({ target }) => setText(target.value)}
        />
      </label>
      {/* the one that opened it has the focus no more: Enter shelves */}
      <button className="main" autoFocus disabled={asked.isPending || !plant}>
        {alarm.shelved ? t.alarms.shelveAnew : t.alarms.shelve}
      </button>
      <OtherActions alarm={alarm} words={words} ask={ask} />
      <button type="button" onClick={close}>
        {t.common.close}
      </button>
      <Problem error={asked.error} />
    </form>
  );
}

interface OtherActionsProps {
  alarm: Alarm;
  /** What is written in the field; may be empty. */
  words: string;
  ask: (action: AlarmAction, body: object) => void;
}

function OtherActions({ alarm, words, ask }: OtherActionsProps) {
  const t = useTexts();
  const comment = words ? { comment: words } : {};
  return (
    <>
      {alarm.shelved && (
        <button type="button" onClick={() => ask('unshelve', comment)}>
          {t.alarms.unshelve}
        </button>
      )}
      <button type="button" disabled={words === ''} onClick={() => ask('comment', comment)}>
        {t.alarms.commentOnly}
      </button>
      {alarm.out_of_service ? (
        <button type="button" onClick={() => ask('in-service', comment)}>
          {t.alarms.putBack}
        </button>
      ) : (
        <button
          type="button"
          onClick={() => ask('out-of-service', { reason: words || t.alarms.defaultReason })}
        >
          {t.alarms.takeOut}
        </button>
      )}
    </>
  );
}
