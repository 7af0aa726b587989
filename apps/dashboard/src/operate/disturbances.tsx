import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { change, type Schemas } from '../api/client.ts';
import { useDisturbances, useEquipment } from '../api/queries.ts';
import { Problem, Shown } from '../parts/states.tsx';
import { href } from '../shell/route.ts';
import { useClock, useName, useSettings, useTexts } from '../shell/settings.tsx';

type Disturbance = Schemas['DisturbanceDto'];

/** The 21 disturbances of the simulated plant, in and out, with their causes. */
export function Disturbances({ isTripped }: { isTripped: boolean }) {
  const t = useTexts();
  const client = useQueryClient();
  const disturbances = useDisturbances();
  const [minutes, setMinutes] = useState('');
  const onSettled = () => client.invalidateQueries({ queryKey: ['/api/v1/plant/disturbances'] });
  const inject = useMutation({
    mutationFn: (idv: number) =>
      change('POST', '/api/v1/plant/disturbances', {
        body: { idv, duration_minutes: minutes === '' ? undefined : Number(minutes) },
      }),
    onSettled,
  });
  const remove = useMutation({
    mutationFn: (idv: number) => change('DELETE', '/api/v1/plant/disturbances/{idv}', { path: { idv } }),
    onSettled,
  });
  return (
    <section className="panel stack">
      <h2>{t.operate.disturbances}</h2>
      <label className="field">
        {t.operate.duration}
        <input
          type="number"
          min={1}
          max={43_200}
          value={minutes}
          onChange={({ target }) => setMinutes(target.value)}
        />
      </label>
      <Problem error={inject.error ?? remove.error} />
      <Shown of={disturbances}>
        {({ items }) => (
          <div className="scroll" tabIndex={0} role="region" aria-label={t.operate.disturbances}>
            <table>
              <tbody>
                {items.map((each) => (
                  <DisturbanceRow
                    key={each.idv}
                    disturbance={each}
                    isLocked={isTripped || inject.isPending || remove.isPending}
                    turn={() => (each.active ? remove : inject).mutate(each.idv)}
                  />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Shown>
    </section>
  );
}

interface DisturbanceRowProps {
  disturbance: Disturbance;
  isLocked: boolean;
  turn: () => void;
}

function DisturbanceRow({ disturbance, isLocked, turn }: DisturbanceRowProps) {
  const t = useTexts();
  const clock = useClock();
  const nameOf = useName();
  const { language } = useSettings();
  const { idv, active, since, kind, eq_id, expected_tags: tags } = disturbance;
  const unit = useEquipment().data?.items.find((each) => each.eq_id === eq_id);
  const action = active ? t.operate.remove : t.operate.inject;
  return (
    <tr className={active ? 'disturbance-on' : undefined}>
      <td className="number">{idv}</td>
      <td>
        <button
          className={active ? 'main' : undefined}
          aria-label={`${action} IDV ${idv}`}
          onClick={turn}
          disabled={isLocked && !active}
        >
          {action}
        </button>
      </td>
      <td>
        {language === 'ko' ? disturbance.title_ko : disturbance.title}{' '}
        <span className="quiet">({t.operate.kind[kind]})</span>
        {active && since !== null && (
          <span>
            {' '}
            – {t.operate.since} {clock.dayTime(since)}
          </span>
        )}
        <p className="quiet">{language === 'ko' ? disturbance.cause_ko : disturbance.cause}</p>
      </td>
      <td>
        <a href={href('plant', eq_id)}>{nameOf(unit) || eq_id}</a>
      </td>
      <td>
        <a href={href('trends', undefined, { tags: tags.join(',') })}>
          <span className="code">{tags.slice(0, 4).join(' ')}</span>
        </a>
      </td>
    </tr>
  );
}
