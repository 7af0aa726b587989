import { useState } from 'react';
import { type Anomaly, useEquipment, usePlant } from '../api/queries.ts';
import { SEVERITIES, SeverityMark } from '../parts/severity.tsx';
import { span } from '../shell/clock.ts';
import { figure } from '../shell/numbers.ts';
import { href } from '../shell/route.ts';
import { useClock, useName, useTexts } from '../shell/settings.tsx';

interface AlarmTableProps {
  anomalies: Anomaly[];
  selected: ReadonlySet<number>;
  select: (ids: ReadonlySet<number>) => void;
  acknowledge: (anomaly: Anomaly) => void;
}

const ORDERS = {
  severity: (a: Anomaly, b: Anomaly) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity),
  begin: (a: Anomaly, b: Anomaly) => b.started_at.localeCompare(a.started_at),
  unit: (a: Anomaly, b: Anomaly) => (a.eq_id ?? '').localeCompare(b.eq_id ?? ''),
  detector: (a: Anomaly, b: Anomaly) => a.detector.localeCompare(b.detector),
};
type Order = keyof typeof ORDERS;

export function AlarmTable({ anomalies, selected, select, acknowledge }: AlarmTableProps) {
  const t = useTexts();
  const [order, setOrder] = useState<Order>('severity');
  const open = anomalies.filter((each) => !each.acknowledged);
  const sorted = anomalies.toSorted((a, b) => ORDERS[order](a, b) || ORDERS.begin(a, b));
  const heads: [Order, string][] = [
    ['severity', t.alarms.severity],
    ['begin', t.common.begin],
    ['unit', t.common.unit],
    ['detector', t.alarms.detector],
  ];
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={t.alarms.title}>
      <table>
        <thead>
          <tr>
            <th>
              <input
                type="checkbox"
                aria-label={t.alarms.selectAll}
                disabled={open.length === 0}
                checked={open.length > 0 && open.every(({ anomaly_id }) => selected.has(anomaly_id))}
                onChange={({ target }) =>
                  select(new Set(target.checked ? open.map(({ anomaly_id }) => anomaly_id) : []))
                }
              />
            </th>
            {heads.map(([name, text]) => (
              <th key={name} aria-sort={order === name ? 'descending' : undefined}>
                <button onClick={() => setOrder(name)} aria-label={t.alarms.sortBy(text)}>
                  {text} {order === name && '↓'}
                </button>
              </th>
            ))}
            <th>{t.alarms.duration}</th>
            <th>{t.alarms.peak}</th>
            <th>{t.alarms.moved}</th>
            <th>{t.alarms.incident}</th>
            <th>{t.alarms.acknowledged}</th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((anomaly) => (
            <AlarmRow
              key={anomaly.anomaly_id}
              anomaly={anomaly}
              isSelected={selected.has(anomaly.anomaly_id)}
              toggle={() => select(toggled(selected, anomaly.anomaly_id))}
              acknowledge={() => acknowledge(anomaly)}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function toggled(ids: ReadonlySet<number>, id: number): ReadonlySet<number> {
  const changed = new Set(ids);
  if (!changed.delete(id)) changed.add(id);
  return changed;
}

interface AlarmRowProps {
  anomaly: Anomaly;
  isSelected: boolean;
  toggle: () => void;
  acknowledge: () => void;
}

function AlarmRow({ anomaly, isSelected, toggle, acknowledge }: AlarmRowProps) {
  const t = useTexts();
  const clock = useClock();
  const nameOf = useName();
  const now = Date.parse(usePlant().data?.time ?? anomaly.peak_at);
  const unit = useEquipment().data?.items.find(({ eq_id }) => eq_id === anomaly.eq_id);
  const end = anomaly.ended_at === null ? now : Date.parse(anomaly.ended_at);
  const moved = anomaly.contributions.slice(0, 3).map(({ tag }) => tag);
  return (
    <tr>
      <td>
        {!anomaly.acknowledged && (
          <input
            type="checkbox"
            aria-label={t.alarms.select(`${t.alarms.of} ${anomaly.anomaly_id}`)}
            checked={isSelected}
            onChange={toggle}
          />
        )}
      </td>
      <td>
        <SeverityMark severity={anomaly.severity} words />
      </td>
      <td className="number">{clock.dayTime(anomaly.started_at)}</td>
      <td>{anomaly.eq_id && <a href={href('plant', anomaly.eq_id)}>{nameOf(unit) || anomaly.eq_id}</a>}</td>
      <td>{t.detector[anomaly.detector]}</td>
      <td>
        {span(end - Date.parse(anomaly.started_at))}{' '}
        {anomaly.ended_at === null && <strong>{t.common.open}</strong>}
      </td>
      <td>{t.alarms.beyond(figure(anomaly.peak_score / anomaly.threshold))}</td>
      <td>
        <a
          href={href('trends', undefined, {
            tags: moved.join(','),
            from: String(Date.parse(anomaly.started_at) - 3_600_000),
            to: String(end),
          })}
        >
          <span className="code">{moved.join(' ')}</span>
        </a>
      </td>
      <td>
        {anomaly.incident_id !== null && (
          <a href={href('incidents', anomaly.incident_id)}>#{anomaly.incident_id}</a>
        )}
      </td>
      <td>
        {anomaly.acknowledged ? (
          <span className="quiet">
            {anomaly.acknowledged.by}: {anomaly.acknowledged.comment}
          </span>
        ) : (
          <button onClick={acknowledge}>{t.alarms.acknowledge}</button>
        )}
      </td>
    </tr>
  );
}
