import { useState } from 'react';
import { useTexts } from '../shell/settings.tsx';
import { AlarmFigures } from './alarm-figures.tsx';
import { AlarmJournal } from './alarm-journal.tsx';
import { CurrentAlarms } from './current-alarms.tsx';

const SIDES = { current: CurrentAlarms, journal: AlarmJournal, figures: AlarmFigures };
type Side = keyof typeof SIDES;

/** The alarms of the API (ISA-18.2): what stands, what happened, and how good they are. */
export function AlarmsView() {
  const t = useTexts();
  const [side, setSide] = useState<Side>('current');
  const Shown = SIDES[side];
  return (
    <div className="panel">
      <h1>{t.alarms.title}</h1>
      <div className="tools" role="group" aria-label={t.alarms.title}>
        {(Object.keys(SIDES) as Side[]).map((each) => (
          <button key={each} aria-pressed={each === side} onClick={() => setSide(each)}>
            {t.alarms[each]}
          </button>
        ))}
      </div>
      <Shown />
    </div>
  );
}
