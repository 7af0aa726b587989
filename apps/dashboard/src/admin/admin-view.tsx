import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { isSignedIn, type Schemas, signIn } from '../api/client.ts';
import { useGet } from '../api/queries.ts';
import { Shown } from '../parts/states.tsx';
import { useSpan, useTexts } from '../shell/settings.tsx';
import { SignIn } from './sign-in.tsx';

type Checks = Schemas['HealthChecksDto'];

export function AdminView() {
  const t = useTexts();
  const client = useQueryClient();
  const health = useGet('/api/v1/health', {}, { every: 3_000 });
  const [signedIn, setSignedIn] = useState(isSignedIn());
  const use = (key: string | undefined): void => {
    signIn(key);
    setSignedIn(key !== undefined);
    void client.resetQueries();
  };
  return (
    <div className="columns">
      <section className="panel stack" aria-labelledby="health-heading">
        <h1 id="health-heading">{t.admin.health}</h1>
        <Shown of={health}>{({ checks }) => <Parts checks={checks} />}</Shown>
      </section>
      <div className="stack">
        <SignIn signedIn={signedIn} use={use} />
        <section className="panel stack" aria-labelledby="links-heading">
          <h2 id="links-heading">{t.admin.links}</h2>
          <ul className="plain rows">
            <li>
              <a href="/admin/queues">{t.admin.queues}</a>
            </li>
            <li>
              <a href="/docs">{t.admin.docs}</a>
            </li>
            <li>
              <a href="/metrics">{t.admin.metrics}</a>
            </li>
            <li>
              <a href="/?wall">{t.admin.wall}</a>
            </li>
          </ul>
        </section>
      </div>
    </div>
  );
}

function Parts({ checks }: { checks: Checks }) {
  const t = useTexts();
  const says = useSays(checks);
  return (
    <table>
      <tbody>
        {(Object.keys(t.admin.part) as (keyof Checks)[]).map((name) => {
          const check = checks[name];
          if (!check) return null;
          return (
            <tr key={name}>
              <th>{t.admin.part[name]}</th>
              <td className={`part ${check.status}`}>{t.admin[check.status]}</td>
              <td>
                {says[name]} {check.reason && <code>{t.admin.says.reason(check.reason)}</code>}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** What each part says of itself, in words. */
function useSays({
  database,
  queue,
  workers,
  plant,
  scorer,
  alarms,
  detectors,
  models,
  watch,
}: Checks): Record<keyof Checks, string> {
  const t = useTexts();
  const span = useSpan();
  const { latency, alive, reported, lag, waits, active, noHolder, noAlarmHolder, watched, unwatched } =
    t.admin.says;
  const words = (value: number | null | undefined, say: (value: number) => string): string =>
    value === undefined || value === null ? '' : say(value);
  const count = (of: Record<string, string> | undefined): string =>
    of ? active(Object.keys(of).length) : '';
  return {
    database: words(database.latency_ms, latency),
    queue: words(queue.latency_ms, latency),
    workers: words(workers.alive, alive),
    plant: words(plant?.reported_seconds_ago, reported),
    scorer: scorer?.holder === null ? noHolder : words(scorer?.lag_ms, (ms) => lag(span(ms))),
    alarms: alarms?.holder === null ? noAlarmHolder : words(alarms?.lag_ms, (ms) => waits(span(ms))),
    detectors: count(detectors?.active),
    models: count(models?.active),
    watch: watch?.detectors === undefined ? '' : watch.detectors === 'watched' ? watched : unwatched,
  };
}
