import { href, useRoute } from '../shell/route.ts';
import { useTexts } from '../shell/settings.tsx';
import { AlarmFigures } from './alarm-figures.tsx';
import { AlarmJournal } from './alarm-journal.tsx';
import { CurrentAlarms } from './current-alarms.tsx';

const SIDES = { current: CurrentAlarms, journal: AlarmJournal, figures: AlarmFigures };
type Side = keyof typeof SIDES;
const NAMES = Object.keys(SIDES) as Side[];

/** The alarms of the API (ISA-18.2): what stands, what happened (`#/alarms/journal`), and how good they are (`#/alarms/figures`). */
export function AlarmsView() {
  const t = useTexts();
  const { id } = useRoute();
  const side = NAMES.find((each) => each === id) ?? 'current';
  const Shown = SIDES[side];
  return (
    <div className="panel">
      <h1>{t.alarms.title}</h1>
      <nav className="tools" aria-label={t.alarms.title}>
        {NAMES.map((each) => (
          <a
            key={each}
            className="button"
            href={href('alarms', each === 'current' ? undefined : each)}
            aria-current={each === side ? 'page' : undefined}
          >
            {t.alarms[each]}
          </a>
        ))}
      </nav>
      <Shown />
    </div>
  );
}
