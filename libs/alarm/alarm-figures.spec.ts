import { describe, expect, it } from '#jest';
import { ALARM_FIGURE_UNITS, ALARM_FIGURES, type AlarmFigureName, alarmFigures } from './alarm-figures.js';
import type { Activation } from './alarm-journal.repository.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const FROM = Date.UTC(2026, 2, 1);
const PERIOD = { from: FROM, to: FROM + 2 * HOUR_MS };

function activations(count: number, minute: number, changes: Partial<Activation> = {}): Activation[] {
  return Array.from({ length: count }, (_, i) => ({
    alarmId: i + 1,
    at: FROM + minute * MINUTE_MS + i * 1_000,
    priority: 'low',
    ...changes,
  }));
}

function valueOf(name: AlarmFigureName, shown: readonly Activation[]): number | null | undefined {
  return alarmFigures(PERIOD, shown, []).figures.find((figure) => figure.name === name)?.value;
}

describe('figures of the alarm system', () => {
  it('count rates in fixed windows of the clock', () => {
    // 6 before and 5 after the end of a window: no ten minutes of the clock have 11
    const shown = [...activations(6, 9), ...activations(5, 10)];
    expect(valueOf('average_rate', shown)).toBeCloseTo(11 / 12, 12);
    expect(valueOf('peak_rate', shown)).toBe(6);
    expect(valueOf('floods', shown)).toBe(0);
  });

  it('begin a flood above ten and end it below five', () => {
    // 10 are none; 11 begin one, 10 and 5 go on, 4 end it; 12 begin another
    const shown = [10, 11, 10, 5, 4, 10, 12, 0].flatMap((count, window) => activations(count, 10 * window));
    const { floods, figures } = alarmFigures(PERIOD, shown, []);
    const minutes = floods.map(({ from, to, ...rest }) => ({
      from: (from - FROM) / MINUTE_MS,
      to: (to - FROM) / MINUTE_MS,
      ...rest,
    }));
    expect(minutes).toEqual([
      { from: 10, to: 40, alarms: 26, peak: 11 },
      { from: 60, to: 70, alarms: 12, peak: 12 },
    ]);
    // 40 of 120 minutes
    expect(figures.find(({ name }) => name === 'time_in_flood')).toMatchObject({ value: 1 / 3, met: false });
  });

  it('count a flood within the period only', () => {
    const period = { from: FROM + 5 * MINUTE_MS, to: FROM + 15 * MINUTE_MS };
    const { floods } = alarmFigures(period, [...activations(11, 6), ...activations(6, 11)], []);
    expect(floods).toEqual([{ ...period, alarms: 17, peak: 11 }]);
  });

  it('find what chatters: three times within one minute', () => {
    const at = (seconds: number, alarmId: number): Activation => ({
      alarmId,
      at: FROM + seconds * 1_000,
      priority: 'low',
    });
    const shown = [at(0, 1), at(30, 1), at(50, 2), at(60, 1), at(80, 2), at(111, 2)];
    // the second needs 61 s for three
    expect(alarmFigures(PERIOD, shown, []).chattering).toEqual([{ alarmId: 1, mostInAMinute: 3 }]);
  });

  it('name the ten most frequent, and do not judge their share where there are no others', () => {
    const frequent = Array.from({ length: 12 }, (_, alarm) =>
      activations(12 - alarm, 5 * alarm, { alarmId: alarm + 1 }),
    );
    const { top, figures } = alarmFigures(PERIOD, frequent.flat(), []);
    expect(top.map(({ alarmId }) => alarmId)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    // 78 in all, of which the last two make 2 + 1
    expect(figures.find(({ name }) => name === 'top_ten')).toMatchObject({ value: 75 / 78, met: false });
    const few = alarmFigures(PERIOD, activations(4, 0), []);
    expect(few.figures.find(({ name }) => name === 'top_ten')).toMatchObject({ value: 1, met: null });
  });

  it('count stale alarms on the day that has most of them', () => {
    const hour = (hours: number): number => FROM + hours * HOUR_MS;
    const period = { from: FROM, to: hour(72) };
    // stale from hour 0 to 10, from 26 to 30, from 40 on, and from 71 on: one on the first day, two on the second and third
    const spans = [
      { alarmId: 1, since: hour(-24), until: hour(10) },
      { alarmId: 2, since: hour(2), until: hour(30) },
      { alarmId: 3, since: hour(16), until: null },
      { alarmId: 4, since: hour(47), until: null },
    ];
    const staleIn = (stale: typeof spans): number | null | undefined =>
      alarmFigures(period, [], stale).figures.find(({ name }) => name === 'stale')?.value;
    expect(staleIn(spans)).toBe(2);
    expect(staleIn(spans.slice(0, 2))).toBe(1);
    expect(alarmFigures(period, [], spans).stale).toHaveLength(4);
  });

  it('spread alarms over priorities', () => {
    const shown = [
      ...activations(15, 0),
      ...activations(3, 20, { priority: 'medium' }),
      ...activations(1, 40, { priority: 'high' }),
      ...activations(1, 60, { priority: 'critical' }),
    ];
    const { priorities, figures } = alarmFigures(PERIOD, shown, []);
    expect(priorities.map(({ share }) => share)).toEqual([0.75, 0.15, 0.05, 0.05]);
    expect(figures.find(({ name }) => name === 'high_priority')).toMatchObject({ value: 0.1, met: false });
  });

  it('say nothing of shares where no alarm was shown', () => {
    const { figures } = alarmFigures(PERIOD, [], []);
    const unknown = figures.filter(({ value }) => value === null).map(({ name }) => name);
    expect(unknown).toEqual(['top_ten', 'high_priority']);
    for (const { value, met } of figures) if (value !== null) expect([value, met]).toEqual([0, true]);
  });

  it('are measured against the bounds of the standards, which each of them names, in two languages', () => {
    const bounds = Object.entries(ALARM_FIGURES).map(([name, { bound, unit }]) => [name, bound, unit]);
    // EEMUA 191: 1 and 10 in 10 minutes, no flood, 5 % of high priority; ISA-18.2: 1 % in floods, none chatters, fewer than 5 stale
    expect(bounds).toEqual([
      ['average_rate', 1, 'per_10_min'],
      ['peak_rate', 10, 'per_10_min'],
      ['floods', 0, 'count'],
      ['time_in_flood', 0.01, 'share'],
      ['chattering', 0, 'count'],
      ['stale', 4, 'count'],
      ['top_ten', 0.05, 'share'],
      ['high_priority', 0.05, 'share'],
    ]);
    for (const { label, labelKo, unit, definition, definitionKo, source } of Object.values(ALARM_FIGURES)) {
      for (const text of [label, definition]) expect(text).toMatch(/^[A-Z].*[a-z]/);
      for (const text of [labelKo, definitionKo]) expect(text).toMatch(/[가-힣]{2}/);
      expect(source).toMatch(/^ISA-18\.2-2016, 16\.4\.\d/);
      expect(ALARM_FIGURE_UNITS).toContain(unit);
    }
  });
});
