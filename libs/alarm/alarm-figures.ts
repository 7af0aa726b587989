import { ALARM_PRIORITIES, type AlarmPriority } from '#equipment';
import type { Alarm } from './alarm.entity.js';
import type { Activation } from './alarm-journal.repository.js';

const WINDOW_MS = 600_000;
const DAY_MS = 24 * 3_600_000;
export const STALE_MS = DAY_MS;
/** A flood begins with a window of more, and ends before one of fewer than the second. */
const FLOOD_ABOVE = 10;
const FLOOD_ENDS_BELOW = 5;
const CHATTERING_ACTIVATIONS = 3;
const CHATTERING_MS = 60_000;
const TOP = 10;

export const ALARM_FIGURE_NAMES = [
  'average_rate',
  'peak_rate',
  'floods',
  'time_in_flood',
  'chattering',
  'stale',
  'top_ten',
  'high_priority',
] as const;
export type AlarmFigureName = (typeof ALARM_FIGURE_NAMES)[number];

/** Alarms in 10 minutes; how many of something; a share, 0 to 1. */
export const ALARM_FIGURE_UNITS = ['per_10_min', 'count', 'share'] as const;

export interface AlarmFigureDefinition {
  label: string;
  labelKo: string;
  unit: (typeof ALARM_FIGURE_UNITS)[number];
  /** The largest value that is good. */
  bound: number;
  definition: string;
  definitionKo: string;
  /** Where the bound comes from: standard, clause, table. */
  source: string;
}

/**
 * What is measured and against which bound: the targets of ANSI/ISA-18.2-2016, clause 16.4 "alarm system performance metrics",
 * which IEC 62682 has in its clause 16, too. Rates and shares of priorities are those of EEMUA Publication 191, from
 * which both have them. The targets are approximate ("about 1") and meant for one operator position over 30 days or more.
 * How fast an alarm has to repeat to chatter stands in neither: three times a minute is the criterion of practice (PAS,
 * "Taming the Wild Alarm System", part 3).
 */
export const ALARM_FIGURES: Readonly<Record<AlarmFigureName, AlarmFigureDefinition>> = {
  average_rate: {
    label: 'Average rate',
    labelKo: '평균 경보 발생률',
    unit: 'per_10_min',
    bound: 1,
    definition: 'Alarms shown, over the period in units of 10 minutes. EEMUA 191: at most 1.',
    definitionKo: '표시된 경보 수를 10분 단위 기간 수로 나눈 값. EEMUA 191: 1 이하.',
    source: 'ISA-18.2-2016, 16.4.2, table 5; EEMUA 191',
  },
  peak_rate: {
    label: 'Peak rate',
    labelKo: '최대 경보 발생률',
    unit: 'per_10_min',
    bound: 10,
    definition: 'Most alarms shown in one of the fixed windows of 10 minutes. EEMUA 191: at most 10.',
    definitionKo: '고정된 10분 구간 하나에서 표시된 최대 경보 수. EEMUA 191: 10 이하.',
    source: 'ISA-18.2-2016, 16.4.3; EEMUA 191',
  },
  floods: {
    label: 'Floods',
    labelKo: '경보 폭주 횟수',
    unit: 'count',
    bound: 0,
    definition:
      'A flood begins with a window of more than 10 alarms and ends before the next one of fewer than 5. EEMUA 191: no window above 10.',
    definitionKo:
      '10분 구간의 경보가 10개를 넘으면 시작되고, 5개 미만인 다음 구간 직전에 끝남. EEMUA 191: 10개를 넘는 구간 없음.',
    source: 'ISA-18.2-2016, 16.4.3 and 16.4.4',
  },
  time_in_flood: {
    label: 'Time in flood',
    labelKo: '경보 폭주 시간 비율',
    unit: 'share',
    bound: 0.01,
    definition: 'Share of the period in floods. ISA-18.2: at most 1%.',
    definitionKo: '기간 중 경보 폭주 상태의 비율. ISA-18.2: 1% 이하.',
    source: 'ISA-18.2-2016, 16.4.4',
  },
  chattering: {
    label: 'Chattering alarms',
    labelKo: '채터링 경보',
    unit: 'count',
    bound: 0,
    definition: 'Alarms that began three times or more within one minute. ISA-18.2: none.',
    definitionKo: '1분 안에 세 번 이상 발생한 경보 수. ISA-18.2: 없음.',
    source: 'ISA-18.2-2016, 16.4.6',
  },
  stale: {
    label: 'Stale alarms',
    labelKo: '장기 지속 경보',
    unit: 'count',
    bound: 4,
    definition:
      'Alarms that were active for more than 24 h without a break, on the worst day. ISA-18.2: fewer than 5.',
    definitionKo: '24시간 넘게 끊김 없이 활성 상태였던 경보 수(가장 많은 날). ISA-18.2: 5개 미만.',
    source: 'ISA-18.2-2016, 16.4.7',
  },
  top_ten: {
    label: 'Share of the ten most frequent',
    labelKo: '상위 10개 경보의 비율',
    unit: 'share',
    bound: 0.05,
    definition:
      'Share of all alarms shown that the ten most frequent make; not judged where there are ten or fewer. ISA-18.2: at most 5%.',
    definitionKo:
      '표시된 전체 경보 중 가장 잦은 10개의 비율. 경보가 10개 이하이면 판정하지 않음. ISA-18.2: 5% 이하.',
    source: 'ISA-18.2-2016, 16.4.5',
  },
  high_priority: {
    label: 'High and critical priority',
    labelKo: '높음·심각 우선순위 비율',
    unit: 'share',
    bound: 0.05,
    definition:
      'Share of the alarms shown with priority high or critical. EEMUA 191: 5%, beside 80% low and 15% medium.',
    definitionKo: '표시된 경보 중 우선순위가 높음 또는 심각인 비율. EEMUA 191: 5% (낮음 80%, 보통 15%).',
    source: 'ISA-18.2-2016, 16.4.8, table 6; EEMUA 191',
  },
};

/** Shares of EEMUA 191 for three priorities; critical ones, of which ISA-18.2 wants less than 1 %, are among the high. */
const EXPECTED_SHARES: Readonly<Record<AlarmPriority, number>> = {
  low: 0.8,
  medium: 0.15,
  high: 0.05,
  critical: 0,
};

interface AlarmFlood {
  from: number;
  to: number;
  alarms: number;
  /** Most in one window. */
  peak: number;
}

/** A stretch in which an alarm was active; `until` is null while it is. */
export interface ActiveSpan {
  alarmId: number;
  since: number;
  until: number | null;
}

export interface MeasuredAlarmFigure {
  name: AlarmFigureName;
  /** null where there was no alarm to measure it at. */
  value: number | null;
  /** Whether it is within its bound; null where it cannot be evaluated. */
  met: boolean | null;
}

export interface AlarmFigures {
  from: number;
  to: number;
  alarms: number;
  figures: MeasuredAlarmFigure[];
  floods: AlarmFlood[];
  chattering: { alarmId: number; mostInAMinute: number }[];
  stale: ActiveSpan[];
  /** The most frequent first, ten at most. */
  top: { alarmId: number; alarms: number; share: number }[];
  priorities: { priority: AlarmPriority; alarms: number; share: number | null; expectedShare: number }[];
}

/** With the alarms they speak of, by id. */
export interface KnownAlarmFigures extends AlarmFigures {
  sources: ReadonlyMap<number, Alarm>;
}

/**
 * Figures of the alarm system in `[from, to)` of plant time.
 * @param activations alarms that people were shown in it, in order of time
 * @param stale alarms that were active for longer than STALE_MS, at least in part within it
 */
export function alarmFigures(
  { from, to }: { from: number; to: number },
  activations: readonly Activation[],
  stale: readonly ActiveSpan[],
): AlarmFigures {
  const counts = windowCounts({ from, to }, activations);
  const floods = floodsOf({ from, to }, counts);
  const chattering = chatteringOf(activations);
  const byAlarm = [...groupedByAlarm(activations)]
    .map(([alarmId, own]) => ({ alarmId, alarms: own.length, share: own.length / activations.length }))
    .sort((a, b) => b.alarms - a.alarms || a.alarmId - b.alarmId);
  const top = byAlarm.slice(0, TOP);
  const sum = activations.length;
  const shareOf = (alarms: number): number | null => (sum === 0 ? null : alarms / sum);
  const priorities = ALARM_PRIORITIES.map((priority) => {
    const alarms = activations.filter((each) => each.priority === priority).length;
    return { priority, alarms, share: shareOf(alarms), expectedShare: EXPECTED_SHARES[priority] };
  });
  const grave = priorities.filter(({ priority }) => priority === 'high' || priority === 'critical');
  const inFloodMs = floods.reduce((ms, flood) => ms + flood.to - flood.from, 0);
  const values: Record<AlarmFigureName, number | null> = {
    average_rate: sum / ((to - from) / WINDOW_MS),
    peak_rate: counts.reduce((most, count) => Math.max(most, count), 0),
    floods: floods.length,
    time_in_flood: inFloodMs / (to - from),
    chattering: chattering.length,
    stale: mostStaleOnADay({ from, to }, stale),
    top_ten: shareOf(top.reduce((alarms, each) => alarms + each.alarms, 0)),
    high_priority: shareOf(grave.reduce((alarms, each) => alarms + each.alarms, 0)),
  };
  const figures = ALARM_FIGURE_NAMES.map((name): MeasuredAlarmFigure => {
    const value = values[name];
    const isEvaluated = value !== null && !(name === 'top_ten' && byAlarm.length <= TOP);
    return { name, value, met: isEvaluated ? value <= ALARM_FIGURES[name].bound : null };
  });
  return { from, to, alarms: sum, figures, floods, chattering, stale: [...stale], top, priorities };
}

/** How many alarms were stale on the day that had most of them; days of 24 h are counted from the begin of the period. */
function mostStaleOnADay({ from, to }: { from: number; to: number }, stale: readonly ActiveSpan[]): number {
  let most = 0;
  for (let day = from; day < to; day += DAY_MS) {
    const end = Math.min(day + DAY_MS, to);
    const present = stale.filter(
      ({ since, until }) => since + STALE_MS < end && (until === null || until >= day),
    );
    most = Math.max(most, present.length);
  }
  return most;
}

/** Alarms in each window of the clock that reaches into the period, in order. */
function windowCounts(
  { from, to }: { from: number; to: number },
  activations: readonly Activation[],
): number[] {
  const first = Math.floor(from / WINDOW_MS);
  const counts = Array.from({ length: Math.ceil(to / WINDOW_MS) - first }, () => 0);
  for (const { at } of activations) counts[Math.floor(at / WINDOW_MS) - first]++;
  return counts;
}

function floodsOf({ from, to }: { from: number; to: number }, counts: readonly number[]): AlarmFlood[] {
  const floods: AlarmFlood[] = [];
  let open: AlarmFlood | undefined;
  counts.forEach((count, i) => {
    const begin = (Math.floor(from / WINDOW_MS) + i) * WINDOW_MS;
    if (open && count < FLOOD_ENDS_BELOW) open = undefined;
    if (!open && count > FLOOD_ABOVE)
      floods.push((open = { from: Math.max(begin, from), to, alarms: 0, peak: 0 }));
    if (!open) return;
    open.to = Math.min(begin + WINDOW_MS, to);
    open.alarms += count;
    open.peak = Math.max(open.peak, count);
  });
  return floods;
}

function chatteringOf(activations: readonly Activation[]): { alarmId: number; mostInAMinute: number }[] {
  const found: { alarmId: number; mostInAMinute: number }[] = [];
  for (const [alarmId, own] of groupedByAlarm(activations)) {
    let most = 0;
    for (let first = 0, last = 0; last < own.length; last++) {
      while (own[last].at - own[first].at > CHATTERING_MS) first++;
      most = Math.max(most, last - first + 1);
    }
    if (most >= CHATTERING_ACTIVATIONS) found.push({ alarmId, mostInAMinute: most });
  }
  return found.sort((a, b) => b.mostInAMinute - a.mostInAMinute || a.alarmId - b.alarmId);
}

function groupedByAlarm(activations: readonly Activation[]): Map<number, Activation[]> {
  const groups = new Map<number, Activation[]>();
  for (const activation of activations) {
    const group = groups.get(activation.alarmId);
    if (group) group.push(activation);
    else groups.set(activation.alarmId, [activation]);
  }
  return groups;
}
