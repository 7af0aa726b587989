import type { Schemas } from '../api/client.ts';
import { href } from '../shell/route.ts';
import { useName, useTexts } from '../shell/settings.tsx';

export type Alarm = Schemas['AlarmDto'];
export type AlarmState = Alarm['state'];

/** The most urgent to whoever looks first. */
export const STATES: AlarmState[] = [
  'unacknowledged',
  'returned_unacknowledged',
  'acknowledged',
  'shelved',
  'suppressed_by_design',
  'out_of_service',
  'normal',
];

/** Each has a shape of its own, as severities have. */
const SHAPES: Record<AlarmState, string> = {
  unacknowledged: 'M8 1l7 7-7 7-7-7zM7 4h2v5H7zM7 10.5h2v2H7z',
  returned_unacknowledged: 'M6 2v3h4a4 4 0 0 1 0 9H4v-2h6a2 2 0 0 0 0-5H6v3L1 6z',
  acknowledged: 'M1 8l2-2 3.5 3.5L13 3l2 2-8.5 8.5z',
  shelved: 'M1 12h14v2H1zM4 3h8v7H4z',
  suppressed_by_design: 'M1 7h14v2H1z',
  out_of_service: 'M3 1l5 5 5-5 2 2-5 5 5 5-2 2-5-5-5 5-2-2 5-5-5-5z',
  normal: 'M8 3a5 5 0 1 0 .01 0zM8 5a3 3 0 1 1-.01 0z',
};

export function AlarmStateMark({ state }: { state: AlarmState }) {
  const t = useTexts();
  return (
    <span className={`alarm-state ${state}`}>
      <Shape d={SHAPES[state]} /> {t.alarms.states[state]}
    </span>
  );
}

/** Whether a figure keeps its bound. */
export function BoundVerdict({ isWithin }: { isWithin: boolean | null }) {
  const t = useTexts();
  if (isWithin === null) return t.alarms.notEvaluated;
  if (isWithin)
    return (
      <span className="alarm-state">
        <Shape d={SHAPES.acknowledged} /> {t.alarms.within}
      </span>
    );
  return (
    <strong className="alarm-state abnormal">
      <Shape d={SHAPES.out_of_service} /> {t.alarms.beyondBound}
    </strong>
  );
}

function Shape({ d }: { d: string }) {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true">
      <path d={d} fillRule="evenodd" />
    </svg>
  );
}

type Named = Pick<Alarm, 'tag' | 'tag_name' | 'tag_name_ko' | 'limit' | 'incident_id'>;

/** What an alarm is called in a sentence. */
export function useAlarmName(): (alarm: Named) => string {
  const t = useTexts();
  return ({ tag, limit, incident_id }) =>
    tag === null ? t.incident.one(incident_id ?? 0) : `${tag} ${limit ?? ''}`.trim();
}

/** The limit of a tag, which leads to its trend, or the incident. */
export function AlarmName({ alarm }: { alarm: Named }) {
  const nameOf = useName();
  const name = useAlarmName()(alarm);
  if (alarm.tag === null) return <a href={href('incidents', alarm.incident_id ?? undefined)}>{name}</a>;
  return (
    <>
      <a href={href('trends', undefined, { tags: alarm.tag })}>
        <span className="code">{name}</span>
      </a>{' '}
      {nameOf({ name: alarm.tag_name ?? '', name_ko: alarm.tag_name_ko })}
    </>
  );
}
