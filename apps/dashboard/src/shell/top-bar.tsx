import { useEffect, useState } from 'react';
import { AlarmSound } from '../alarms/alarm-sound.tsx';
import { type Plant, useOpenIncidents, usePlant } from '../api/queries.ts';
import { SeverityMark, worst } from '../parts/severity.tsx';
import { href, isWall } from './route.ts';
import { type Language, type Theme, useClock, useSettings, useTexts } from './settings.tsx';

export function TopBar({ lostSince, needsKey }: { lostSince?: number; needsKey: boolean }) {
  const t = useTexts();
  const { language, theme, setLanguage, setTheme } = useSettings();
  const plant = usePlant().data;
  const clock = useClock();
  return (
    <header>
      <a className="brand" href={href('plant')}>
        {t.product}
      </a>
      {plant && <PlantTime plant={plant} lost={lostSince !== undefined} />}
      <IncidentCount />
      {!isWall && (
        <span className="preferences">
          <AlarmSound />
          <select
            aria-label={t.bar.language}
            value={language}
            onChange={(event) => setLanguage(event.target.value as Language)}
          >
            <option value="en">English</option>
            <option value="ko">한국어</option>
          </select>
          <select
            aria-label={t.bar.theme}
            value={theme}
            onChange={(event) => setTheme(event.target.value as Theme)}
          >
            <option value="system">{t.bar.system}</option>
            <option value="light">{t.bar.light}</option>
            <option value="dark">{t.bar.dark}</option>
          </select>
        </span>
      )}
      <div role="status" className="outage">
        {lostSince !== undefined && (
          <p className="banner lost">
            <strong>{t.bar.lostLabel}</strong> {t.bar.lost(clock.time(lostSince))}
          </p>
        )}
        {needsKey && (
          <p className="banner">
            {t.bar.needKey} <a href={href('admin')}>{t.bar.signIn}</a>
          </p>
        )}
      </div>
    </header>
  );
}

/** The clock of the plant, going on between two answers as fast as the plant does. */
function PlantTime({ plant, lost }: { plant: Plant; lost: boolean }) {
  const t = useTexts();
  const clock = useClock();
  const { time, actual_speed: speed } = plant;
  const stands = lost || plant.paused || plant.state === 'shutdown';
  const [now, setNow] = useState(Date.parse(time));
  useEffect(() => {
    const [shown, since] = [Date.parse(time), performance.now()];
    setNow(shown);
    if (stands) return undefined;
    const timer = setInterval(() => setNow(shown + (performance.now() - since) * speed), 1_000);
    return () => clearInterval(timer);
  }, [time, speed, stands]);
  return (
    <span className="plant-time">
      <span className="quiet">{t.bar.plantTime}</span>{' '}
      <strong className="number">
        {clock.date(now)} {clock.time(now)}
      </strong>{' '}
      <span className="quiet">{clock.zone}</span>{' '}
      <span className={plant.state === 'shutdown' ? 'state abnormal' : 'state'}>{t.state[plant.state]}</span>
      {plant.source === 'simulator' && plant.speed !== 1 && (
        <span className="quiet number"> × {plant.speed}</span>
      )}
    </span>
  );
}

function IncidentCount() {
  const t = useTexts();
  const incidents = useOpenIncidents().data?.items;
  if (!incidents) return null;
  if (incidents.length === 0) return <span className="quiet count">{t.bar.noIncident}</span>;
  return (
    <a className="count" href={href('incidents')}>
      <SeverityMark severity={worst(incidents.map(({ severity }) => severity))} />{' '}
      {t.bar.openIncidents(incidents.length)}
    </a>
  );
}
