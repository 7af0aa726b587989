import { useEquipment } from '../api/queries.ts';
import { SEVERITIES, type Severity } from '../parts/severity.tsx';
import { useName, useTexts } from '../shell/settings.tsx';
import { useAlarmSound } from './use-alarm-sound.ts';

export interface AlarmFilter {
  /** All there were, or only those that are open. */
  isJournal: boolean;
  least: Severity;
  /** Empty: of all units. */
  eqId: string;
}

/** What is listed, and whether it sounds. */
export function AlarmTools({
  filter,
  change,
}: {
  filter: AlarmFilter;
  change: (filter: AlarmFilter) => void;
}) {
  const t = useTexts();
  const nameOf = useName();
  const equipment = useEquipment().data?.items ?? [];
  const sound = useAlarmSound();
  const { isJournal, least, eqId } = filter;
  return (
    <>
      <button aria-pressed={!isJournal} onClick={() => change({ ...filter, isJournal: false })}>
        {t.alarms.current}
      </button>
      <button aria-pressed={isJournal} onClick={() => change({ ...filter, isJournal: true })}>
        {t.alarms.journal}
      </button>
      <label className="check" title={t.alarms.soundHelp}>
        <input type="checkbox" checked={sound.isOn} onChange={({ target }) => sound.turn(target.checked)} />
        {t.alarms.sound}
      </label>
      <label className="field">
        {t.alarms.least}
        <select
          value={least}
          onChange={({ target }) => change({ ...filter, least: target.value as Severity })}
        >
          {SEVERITIES.map((severity) => (
            <option key={severity} value={severity}>
              {t.severity[severity]}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        {t.alarms.unit}
        <select value={eqId} onChange={({ target }) => change({ ...filter, eqId: target.value })}>
          <option value="">{t.common.all}</option>
          {equipment.map((unit) => (
            <option key={unit.eq_id} value={unit.eq_id}>
              {nameOf(unit)}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}
