import { useMemo, useState } from 'react';
import type { Schemas } from '../api/client.ts';
import { useGet, usePlant, useTags, useTagsByCode } from '../api/queries.ts';
import { type Curve, Lane } from '../chart/lane.tsx';
import { HOUR } from '../chart/time-range.ts';
import { Loading, Problem } from '../parts/states.tsx';
import { figure, reading } from '../shell/numbers.ts';
import { useMeasure, useName, useTexts } from '../shell/settings.tsx';

type Lot = Schemas['LotDto'];
const NO_POINTS: Schemas['SeriesPointDto'][] = [];

/** One tag of two lots over the hours since each began, and where their means differ most. */
export function LotComparison({ first, second }: { first: Lot; second: Lot }) {
  const t = useTexts();
  const measure = useMeasure();
  const nameOf = useName();
  const tags = useTags().data?.items ?? [];
  const [code, setCode] = useState('XMEAS_07');
  const tag = useTagsByCode().get(code);
  const [one, two] = [useLotSeries(first, code), useLotSeries(second, code)];
  const curves = useMemo(
    () => [sinceBegin(one.points, first), sinceBegin(two.points, second)],
    [one.points, two.points, first, second],
  );
  const longest = Math.max(...curves.flatMap(({ xs }) => xs.at(-1) ?? 0), 1);
  const error = one.error ?? two.error;
  return (
    <>
      <label className="field">
        {t.common.tag}
        <select value={code} onChange={({ target }) => setCode(target.value)}>
          {tags.map((each) => (
            <option key={each.tag} value={each.tag}>
              {each.tag} {nameOf(each)}
            </option>
          ))}
        </select>
      </label>
      <Problem error={error} />
      <p className="legend">
        <Dash index={1} /> {t.lots.first} {first.lot_no} <Dash index={2} /> {t.lots.second} {second.lot_no}{' '}
        <span className="quiet">
          {measure(tag?.unit)}, {t.lots.hours}
        </span>
      </p>
      <Lane
        curves={curves}
        range={{ from: 0, to: longest }}
        height={260}
        zone="UTC"
        hours
        label={t.lots.chart(`${code} ${nameOf(tag)}`)}
        digits={(value) => reading(value, tag)}
      />
      <Differences first={first} second={second} show={setCode} />
    </>
  );
}

function Dash({ index }: { index: 1 | 2 }) {
  return (
    <svg viewBox="0 0 30 6" className={`dash dash-${index}`} aria-hidden="true">
      <path d="M0 3h30" />
    </svg>
  );
}

function useLotSeries(lot: Lot, tag: string): { points: Schemas['SeriesPointDto'][]; error: Error | null } {
  const now = usePlant().data?.last_sample_at;
  const to = lot.ended_at ?? now ?? lot.started_at;
  // an open lot grows: by quarters of an hour is enough here
  const quarter = new Date(Math.ceil(Date.parse(to) / (HOUR / 4)) * (HOUR / 4)).toISOString();
  const query = { tags: tag, from: lot.started_at, to: lot.ended_at ?? quarter, points: 600 };
  const { data, error } = useGet('/api/v1/timeseries', { query }, { enabled: now !== undefined, keep: true });
  return { points: data?.series[0]?.points ?? NO_POINTS, error };
}

function sinceBegin(points: Schemas['SeriesPointDto'][], { started_at }: Lot): Curve {
  const begin = Date.parse(started_at);
  return {
    xs: points.map(({ ts }) => (Date.parse(ts) - begin) / HOUR),
    ys: points.map(({ value }) => value),
  };
}

const MOST_DIFFERENCES = 8;

function Differences({ first, second, show }: { first: Lot; second: Lot; show: (tag: string) => void }) {
  const t = useTexts();
  const measure = useMeasure();
  const nameOf = useName();
  const tags = useTagsByCode();
  const one = useGet('/api/v1/lots/{lot_id}/summary', { path: { lot_id: first.lot_id } }).data;
  const two = useGet('/api/v1/lots/{lot_id}/summary', { path: { lot_id: second.lot_id } }).data;
  if (!one || !two) return <Loading />;
  const others = new Map(two.tags.map((tag) => [tag.tag, tag]));
  const rows = one.tags.flatMap((tag) => {
    const other = others.get(tag.tag);
    if (tag.mean === null || !tag.std || !other || other.mean === null) return [];
    return [{ tag, other, difference: (other.mean - tag.mean) / tag.std }];
  });
  const largest = rows
    .toSorted((a, b) => Math.abs(b.difference) - Math.abs(a.difference))
    .slice(0, MOST_DIFFERENCES);
  return (
    <section>
      <h3>{t.lots.difference}</h3>
      <div className="scroll" tabIndex={0} role="region" aria-label={t.lots.difference}>
        <table>
          <thead>
            <tr>
              <th>{t.common.tag}</th>
              <th className="number">
                {t.lots.mean} 1 ({t.lots.std})
              </th>
              <th className="number">{t.lots.mean} 2</th>
              <th className="number">Δ / σ</th>
            </tr>
          </thead>
          <tbody>
            {largest.map(({ tag, other, difference }) => (
              <tr key={tag.tag}>
                <td>
                  <button onClick={() => show(tag.tag)}>
                    <span className="code">{tag.tag}</span>
                    {'\u00a0'}
                    {nameOf(tags.get(tag.tag)) || tag.name}
                  </button>
                </td>
                <td className="number">
                  {figure(tag.mean)} ({figure(tag.std)}) {measure(tag.unit)}
                </td>
                <td className="number">{figure(other.mean)}</td>
                <td className="number">
                  <strong>{`${difference > 0 ? '+' : '−'}${figure(Math.abs(difference))}`}</strong>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
