import { useState } from 'react';
import type { Schemas } from '../api/client.ts';
import { useGet, usePlant } from '../api/queries.ts';
import { SeverityMark } from '../parts/severity.tsx';
import { Shown } from '../parts/states.tsx';
import { figure, percent } from '../shell/numbers.ts';
import { useClock, useSettings, useTexts } from '../shell/settings.tsx';
import { AlarmName, BoundVerdict } from './alarm-words.tsx';

type Figures = Schemas['AlarmFiguresDto'];
const DAY = 86_400_000;
const PERIOD_DAYS = [1, 7, 31];

/** How good the alarms are, each figure against its bound. */
export function AlarmFigures() {
  const t = useTexts();
  const clock = useClock();
  const [days, setDays] = useState(1);
  const now = usePlant().data?.time;
  const from = useFrom(now, days);
  const figures = useGet(
    '/api/v1/alarms/figures',
    { query: { from } },
    { every: 30_000, enabled: from !== undefined, keep: true },
  );
  return (
    <>
      <div className="tools">
        {PERIOD_DAYS.map((each) => (
          <button key={each} aria-pressed={each === days} onClick={() => setDays(each)}>
            {t.alarms.lastDays(each)}
          </button>
        ))}
      </div>
      <Shown of={figures}>
        {(data) => (
          <div className="stack">
            <p className="quiet number">
              {clock.dateTime(data.from)} – {clock.dateTime(data.to)} · {t.alarms.count(data.alarms)}
            </p>
            <Bounds figures={data.figures} />
            <div className="columns">
              <Frequent figures={data} />
              <Priorities priorities={data.priorities} />
            </div>
          </div>
        )}
      </Shown>
    </>
  );
}

/** By whole hours, so that it does not ask anew with every sample. */
function useFrom(now: string | undefined, days: number): string | undefined {
  if (now === undefined) return undefined;
  const hour = 3_600_000;
  return new Date(Math.ceil((Date.parse(now) - days * DAY) / hour) * hour).toISOString();
}

function Bounds({ figures }: { figures: Figures['figures'] }) {
  const t = useTexts();
  const { language } = useSettings();
  const korean = language === 'ko';
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={t.alarms.figures}>
      <table>
        <thead>
          <tr>
            <th>{t.models.figure}</th>
            <th className="number">{t.common.value}</th>
            <th className="number">{t.models.bound}</th>
            <th>{t.alarms.againstBound}</th>
            <th>{t.kpis.definition}</th>
          </tr>
        </thead>
        <tbody>
          {figures.map(({ name, label, label_ko, value, unit, bound, within_bound: isWithin, ...each }) => (
            <tr key={name}>
              <td>{korean ? label_ko : label}</td>
              <td className="number">
                {amount(value, unit)} {value !== null && t.alarms.units[unit]}
              </td>
              <td className="number">
                ≤ {amount(bound, unit)} {t.alarms.units[unit]}
              </td>
              <td>
                <BoundVerdict isWithin={isWithin} />
              </td>
              <td className="quiet">{korean ? each.definition_ko : each.definition}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const amount = (value: number | null, unit: Figures['figures'][number]['unit']): string =>
  unit === 'share' ? percent(value) : figure(value);

function Frequent({ figures: { top } }: { figures: Figures }) {
  const t = useTexts();
  if (top.length === 0) return null;
  return (
    <section>
      <h2>{t.alarms.frequent}</h2>
      <ul className="plain rows">
        {top.map((alarm) => (
          <li key={alarm.alarm_id}>
            <span>
              <AlarmName alarm={alarm} />
            </span>
            <span className="number">
              {alarm.alarms} · {percent(alarm.share)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Priorities({ priorities }: { priorities: Figures['priorities'] }) {
  const t = useTexts();
  return (
    <section>
      <h2>{t.alarms.byPriority}</h2>
      <ul className="plain rows">
        {priorities.map(({ priority, alarms, share, expected_share: expected }) => (
          <li key={priority}>
            <SeverityMark severity={priority} words />
            <span className="number">
              {alarms} · {percent(share)}{' '}
              <span className="quiet">({t.alarms.expected(percent(expected))})</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
