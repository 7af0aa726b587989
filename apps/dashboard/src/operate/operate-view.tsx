import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { change } from '../api/client.ts';
import { type Plant, usePlant } from '../api/queries.ts';
import { Problem, Shown } from '../parts/states.tsx';
import { useClock, useTexts } from '../shell/settings.tsx';
import { Disturbances } from './disturbances.tsx';

export function OperateView() {
  const t = useTexts();
  const plant = usePlant();
  return (
    <div className="stack">
      <h1>{t.operate.title}</h1>
      <Shown of={plant}>
        {(data) =>
          data.source === 'external' ? (
            <p className="panel">{t.operate.external}</p>
          ) : (
            <>
              <Pace plant={data} />
              <Disturbances isTripped={data.shutdown !== null} />
            </>
          )
        }
      </Shown>
    </div>
  );
}

const SPEEDS = [1, 10, 60, 300, 1_000];

function Pace({ plant }: { plant: Plant }) {
  const t = useTexts();
  const clock = useClock();
  const client = useQueryClient();
  const onSettled = () => client.invalidateQueries({ queryKey: ['/api/v1/plant'] });
  const adjust = useMutation({
    mutationFn: (body: { speed?: number; paused?: boolean }) => change('PATCH', '/api/v1/plant', { body }),
    onSettled,
  });
  const restart = useMutation({
    mutationFn: () => change('POST', '/api/v1/plant/restart', { body: {} }),
    onSettled,
  });
  return (
    <section className="panel stack" aria-label={t.operate.speed}>
      {plant.shutdown && (
        <p className="problem" role="alert">
          <strong>
            {t.operate.tripped(t.operate.tripCause[plant.shutdown.cause], clock.dateTime(plant.shutdown.at))}
          </strong>{' '}
          <button className="main" onClick={() => restart.mutate()} disabled={restart.isPending}>
            {t.operate.restart}
          </button>
        </p>
      )}
      <p>
        <strong className="big number">× {plant.speed}</strong>{' '}
        <span className="quiet">
          {t.operate.times}; {t.operate.actual} {plant.actual_speed.toFixed(1)}
        </span>
      </p>
      <div className="tools">
        <button
          className={plant.paused ? 'main' : undefined}
          onClick={() => adjust.mutate({ paused: !plant.paused })}
          disabled={adjust.isPending || plant.shutdown !== null}
        >
          {plant.paused ? t.operate.resume : t.operate.pause}
        </button>
        {SPEEDS.map((each) => (
          <button
            key={each}
            aria-pressed={plant.speed === each}
            disabled={adjust.isPending}
            onClick={() => adjust.mutate({ speed: each })}
          >
            × {each}
          </button>
        ))}
        <SpeedForm
          speed={plant.speed}
          isLocked={adjust.isPending}
          set={(speed) => adjust.mutate({ speed })}
        />
      </div>
      <Problem error={adjust.error ?? restart.error} />
    </section>
  );
}

interface SpeedFormProps {
  speed: number;
  isLocked: boolean;
  set: (speed: number) => void;
}

function SpeedForm({ speed, isLocked, set }: SpeedFormProps) {
  const t = useTexts();
  const [text, setText] = useState(String(speed));
  return (
    <form
      className="actions"
      onSubmit={(event) => {
        event.preventDefault();
        set(Number(text));
      }}
    >
      <label className="field">
        {t.operate.speed}
        <input
          type="number"
          min={0.1}
          max={3600}
          step="any"
          required
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
      </label>
      <button disabled={isLocked}>{t.operate.set}</button>
    </form>
  );
}
