import { useMemo, useState } from 'react';
import type { Schemas } from '../api/client.ts';
import { useGet } from '../api/queries.ts';
import { Lane } from '../chart/lane.tsx';
import { useNewestSample } from '../chart/tag-lanes.tsx';
import { HOUR } from '../chart/time-range.ts';
import { LotField } from '../parts/choices.tsx';
import { Empty, Loading, Shown } from '../parts/states.tsx';
import { figure } from '../shell/numbers.ts';
import { useClock, useMeasure, useSettings, useTexts } from '../shell/settings.tsx';

type Kpi = Schemas['KpiDto'];
const PERIODS_H = [8, 24, 168];

export function KpisView() {
  const now = useNewestSample();
  return now === 0 ? <Loading /> : <Kpis now={now} />;
}

/** A KPI is the quotient of two amounts, and both are shown. */
function Kpis({ now }: { now: number }) {
  const t = useTexts();
  const [hours, setHours] = useState(24);
  const [lotId, setLotId] = useState<number>();
  const [shown, setShown] = useState('production_rate');
  // by quarters of an hour: figures of a day do not change with every sample
  const to = Math.ceil(now / (HOUR / 4)) * (HOUR / 4);
  const query =
    lotId === undefined
      ? { from: new Date(to - hours * HOUR).toISOString(), to: new Date(to).toISOString() }
      : { lot_id: lotId };
  const kpis = useGet('/api/v1/kpi', { query }, { every: 15_000, keep: true });
  return (
    <div className="panel stack">
      <h1>{t.kpis.title}</h1>
      <div className="tools">
        {PERIODS_H.map((each) => (
          <button
            key={each}
            aria-pressed={lotId === undefined && hours === each}
            onClick={() => {
              setLotId(undefined);
              setHours(each);
            }}
          >
            {t.kpis.lastHours(each)}
          </button>
        ))}
        <LotField
          label={t.kpis.lot}
          value={String(lotId ?? '')}
          none="–"
          choose={(id) => setLotId(id === '' ? undefined : Number(id))}
        />
      </div>
      <Shown of={kpis}>
        {({ kpis: items }) => (
          <>
            <KpiTrend kpi={items.find(({ name }) => name === shown)} query={query} />
            <div className="scroll" tabIndex={0} role="region" aria-label={t.kpis.title}>
              <KpiTable kpis={items} shown={shown} show={setShown} />
            </div>
          </>
        )}
      </Shown>
    </div>
  );
}

function KpiTable({ kpis, shown, show }: { kpis: Kpi[]; shown: string; show: (name: string) => void }) {
  const t = useTexts();
  const measure = useMeasure();
  const { language } = useSettings();
  const korean = language === 'ko';
  return (
    <table>
      <thead>
        <tr>
          <th>{t.common.name}</th>
          <th className="number">{t.common.value}</th>
          <th>{t.kpis.numerator}</th>
          <th>{t.kpis.denominator}</th>
          <th>{t.kpis.definition}</th>
        </tr>
      </thead>
      <tbody>
        {kpis.map((kpi) => (
          <tr key={kpi.name}>
            <td>
              <button
                aria-pressed={kpi.name === shown}
                aria-label={t.kpis.show(korean ? kpi.title_ko : kpi.title)}
                onClick={() => show(kpi.name)}
              >
                {korean ? kpi.title_ko : kpi.title}
              </button>
            </td>
            <td className="number">
              <strong>{figure(kpi.value)}</strong> <span className="quiet">{measure(kpi.unit)}</span>
              {kpi.reason && <div className="quiet">{korean ? kpi.reason_ko : kpi.reason}</div>}
            </td>
            <td>
              <Term term={kpi.numerator} />
            </td>
            <td>
              <Term term={kpi.denominator} />
            </td>
            <td className="quiet">{korean ? kpi.definition_ko : kpi.definition}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Term({ term }: { term: Kpi['numerator'] }) {
  const { language } = useSettings();
  const measure = useMeasure();
  if (!term) return <>–</>;
  return (
    <>
      <span className="number">
        {figure(term.value)} {measure(term.unit)}
      </span>{' '}
      <span className="quiet">{language === 'ko' ? term.label_ko : term.label}</span>
    </>
  );
}

function KpiTrend({
  kpi,
  query,
}: {
  kpi: Kpi | undefined;
  query: Record<string, string | number | undefined>;
}) {
  const t = useTexts();
  const measure = useMeasure();
  const { language } = useSettings();
  const { zone } = useClock();
  const asked = { path: { name: kpi?.name ?? '' }, query: { ...query, bucket: 'hour' } };
  const trend = useGet('/api/v1/kpi/{name}/trend', asked, { enabled: kpi !== undefined, keep: true }).data;
  const curves = useMemo(
    () => [
      {
        xs: (trend?.points ?? []).map(({ ts }) => Date.parse(ts)),
        ys: (trend?.points ?? []).map(({ value }) => value),
      },
    ],
    [trend],
  );
  if (!kpi || !trend) return null;
  const title = language === 'ko' ? kpi.title_ko : kpi.title;
  if (trend.points.length === 0) return <Empty>{t.kpis.empty}</Empty>;
  return (
    <section className="tag-lane">
      <h2>
        {title}{' '}
        <span className="quiet">
          {t.kpis.trend}, {measure(kpi.unit)}
        </span>
      </h2>
      <Lane
        curves={curves}
        range={{ from: Date.parse(trend.from), to: Date.parse(trend.to) }}
        height={180}
        zone={zone}
        label={t.kpis.chart(title)}
        digits={(value) => figure(value)}
      />
    </section>
  );
}
