import { Fragment, useState } from 'react';
import { useEquipment, usePlant } from '../api/queries.ts';
import { SEVERITIES, SeverityMark } from '../parts/severity.tsx';
import { figure } from '../shell/numbers.ts';
import { href } from '../shell/route.ts';
import { useClock, useMeasure, useName, useSpan, useTexts } from '../shell/settings.tsx';
import { AlarmActions } from './alarm-actions.tsx';
import { type Alarm, AlarmName, AlarmStateMark, STATES, useAlarmName } from './alarm-words.tsx';

interface AlarmTableProps {
  alarms: Alarm[];
  selected: ReadonlySet<number>;
  select: (ids: ReadonlySet<number>) => void;
  acknowledge: (alarm: Alarm) => void;
}

const byText = (a: string | null, b: string | null): number => (a ?? '').localeCompare(b ?? '');
/** Each with what one looks for first at the top. */
const ORDERS = {
  priority: (a: Alarm, b: Alarm) => SEVERITIES.indexOf(b.priority) - SEVERITIES.indexOf(a.priority),
  state: (a: Alarm, b: Alarm) => STATES.indexOf(a.state) - STATES.indexOf(b.state),
  alarm: (a: Alarm, b: Alarm) => byText(a.tag, b.tag) || byText(a.limit, b.limit),
  unit: (a: Alarm, b: Alarm) => byText(a.eq_id, b.eq_id),
  since: (a: Alarm, b: Alarm) => byText(b.active_since ?? b.changed_at, a.active_since ?? a.changed_at),
};
type Order = keyof typeof ORDERS;

export function AlarmTable({ alarms, selected, select, acknowledge }: AlarmTableProps) {
  const t = useTexts();
  const [{ order, isReversed }, setOrder] = useState<{ order: Order; isReversed: boolean }>({
    order: 'priority',
    isReversed: false,
  });
  const [opened, setOpened] = useState<number>();
  const sorted = alarms.toSorted(
    (a, b) => (isReversed ? -1 : 1) * ORDERS[order](a, b) || ORDERS.state(a, b) || ORDERS.since(a, b),
  );
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={t.alarms.current}>
      <table>
        <AlarmHeads
          alarms={alarms}
          selected={selected}
          select={select}
          order={order}
          isReversed={isReversed}
          sortBy={(name) => setOrder({ order: name, isReversed: order === name && !isReversed })}
        />
        <tbody>
          {sorted.map((alarm) => (
            <Fragment key={alarm.alarm_id}>
              <AlarmRow
                alarm={alarm}
                isSelected={selected.has(alarm.alarm_id)}
                toggle={() => select(toggled(selected, alarm.alarm_id))}
                acknowledge={() => acknowledge(alarm)}
                isOpen={opened === alarm.alarm_id}
                turn={(isOpen) => setOpened(isOpen ? alarm.alarm_id : undefined)}
              />
              {opened === alarm.alarm_id && (
                <tr>
                  <td colSpan={9}>
                    <AlarmActions alarm={alarm} close={() => setOpened(undefined)} />
                  </td>
                </tr>
              )}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface AlarmHeadsProps extends Pick<AlarmTableProps, 'alarms' | 'selected' | 'select'> {
  order: Order;
  isReversed: boolean;
  sortBy: (order: Order) => void;
}

function AlarmHeads({ alarms, selected, select, order, isReversed, sortBy }: AlarmHeadsProps) {
  const t = useTexts();
  const open = alarms.filter((each) => !each.acknowledged).map(({ alarm_id }) => alarm_id);
  const heads: [Order, string][] = [
    ['priority', t.alarms.priority],
    ['state', t.common.state],
    ['alarm', t.alarms.alarm],
    ['unit', t.common.unit],
    ['since', t.common.since],
  ];
  return (
    <thead>
      <tr>
        <th>
          <input
            type="checkbox"
            aria-label={t.alarms.selectAll}
            disabled={open.length === 0}
            checked={open.length > 0 && open.every((id) => selected.has(id))}
            onChange={({ target }) => select(new Set(target.checked ? open : []))}
          />
        </th>
        {heads.map(([name, text]) => (
          <th key={name} aria-sort={order === name ? (isReversed ? 'ascending' : 'descending') : undefined}>
            <button onClick={() => sortBy(name)} aria-label={t.alarms.sortBy(text)}>
              {text} {order === name && (isReversed ? '↑' : '↓')}
            </button>
          </th>
        ))}
        <th className="number">{t.alarms.value}</th>
        <th>{t.alarms.said}</th>
        <th>{t.alarms.actions}</th>
      </tr>
    </thead>
  );
}

function toggled(ids: ReadonlySet<number>, id: number): ReadonlySet<number> {
  const changed = new Set(ids);
  if (!changed.delete(id)) changed.add(id);
  return changed;
}

interface AlarmRowProps {
  alarm: Alarm;
  isSelected: boolean;
  toggle: () => void;
  acknowledge: () => void;
  /** Whether the form for everything else is below it. */
  isOpen: boolean;
  turn: (isOpen: boolean) => void;
}

function AlarmRow({ alarm, isSelected, toggle, acknowledge, isOpen, turn }: AlarmRowProps) {
  const t = useTexts();
  const span = useSpan();
  const measure = useMeasure();
  const clock = useClock();
  const nameOf = useName();
  const name = useAlarmName()(alarm);
  const now = usePlant().data?.time;
  const unit = useEquipment().data?.items.find(({ eq_id }) => eq_id === alarm.eq_id);
  const since = alarm.active_since ?? alarm.changed_at;
  return (
    <tr>
      <td>
        {!alarm.acknowledged && (
          <input type="checkbox" aria-label={t.alarms.select(name)} checked={isSelected} onChange={toggle} />
        )}
      </td>
      <td>
        <SeverityMark severity={alarm.priority} words />
      </td>
      <td>
        <AlarmStateMark state={alarm.state} />
      </td>
      <td>
        <AlarmName alarm={alarm} />
      </td>
      <td>{alarm.eq_id && <a href={href('plant', alarm.eq_id)}>{nameOf(unit) || alarm.eq_id}</a>}</td>
      <td className="number left">
        {since && clock.dayTime(since)}{' '}
        {alarm.active && since && now && (
          <span className="quiet">{span(Date.parse(now) - Date.parse(since))}</span>
        )}
      </td>
      <td className="number">
        {alarm.value !== null &&
          `${figure(alarm.value)} / ${figure(alarm.limit_value)} ${measure(alarm.unit ?? '')}`}
      </td>
      <td>
        <Said alarm={alarm} />
      </td>
      <td>
        <span className="actions">
          {!alarm.acknowledged && (
            <button onClick={acknowledge} aria-label={`${t.alarms.acknowledge} ${name}`}>
              {t.alarms.acknowledge}
            </button>
          )}
          <button
            aria-expanded={isOpen}
            onClick={() => turn(!isOpen)}
            aria-label={`${alarm.shelved ? t.alarms.onShelf : t.alarms.shelve} … ${name}`}
          >
            {alarm.shelved ? t.alarms.onShelf : t.alarms.shelve} …
          </button>
        </span>
      </td>
    </tr>
  );
}

/** The last words of people about it. */
function Said({
  alarm: { acknowledgement, shelved, out_of_service: out, acknowledged, active },
}: {
  alarm: Alarm;
}) {
  const t = useTexts();
  const clock = useClock();
  const isSeen = acknowledgement !== null && acknowledged && active;
  return (
    <>
      {out && (
        <div>
          {out.by}: {out.comment}
        </div>
      )}
      {shelved && (
        <div>
          {t.alarms.until(clock.dayTime(shelved.until))}, {shelved.by}: {shelved.comment}
        </div>
      )}
      {isSeen && (
        <div className="quiet">
          {acknowledgement.by}: {acknowledgement.comment}
        </div>
      )}
    </>
  );
}
