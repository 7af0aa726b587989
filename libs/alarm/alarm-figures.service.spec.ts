import { beforeEach, describe, expect, it } from '#jest';
import { AppError, type ProcessClock } from '#platform';
import { AlarmsInMemory } from '../../test/factories/alarms-in-memory.fixture.js';
import { AlarmFiguresService } from './alarm-figures.service.js';
import type { Activation, AlarmJournalRepository } from './alarm-journal.repository.js';
import type { AlarmService } from './alarm.service.js';
import type { AlarmFiguresDto } from './dto/alarm-figures.dto.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 2, 10);
const iso = (ts: number): string => new Date(ts).toISOString();

describe('the figures of a period', () => {
  let alarms: AlarmsInMemory;
  let shown: Activation[][];
  let ended: { alarmId: number; since: number; until: number }[];
  let asked: [number, number][];
  let service: AlarmFiguresService;

  const valueOf = ({ figures }: AlarmFiguresDto, name: string): number | null | undefined =>
    figures.find((each) => each.name === name)?.value;
  const activation = (alarmId: number, at: number): Activation => ({ alarmId, at, priority: 'low' });

  beforeEach(() => {
    [alarms, shown, ended, asked] = [new AlarmsInMemory(), [], [], []];
    alarms.add({ tagId: 7, limitName: 'H', equipmentId: 5 });
    alarms.add({ tagId: 7, limitName: 'L', equipmentId: 5 });
    const journal = {
      activations: (from: number, to: number) => {
        asked.push([from, to]);
        return shown;
      },
      findLongEnded: () => Promise.resolve(ended),
    } as unknown as AlarmJournalRepository;
    const names = {
      eqId: () => 'REACTOR',
      tag: () => ({ code: 'XMEAS_07', name: 'Pressure', nameKo: '압력', unit: 'kPa' }),
    };
    const parseTime = (text: string, field: string): number => {
      const ts = Date.parse(text);
      if (Number.isNaN(ts)) throw AppError.invalid(field, 'must be a time');
      return ts;
    };
    service = new AlarmFiguresService(
      journal,
      alarms.repository,
      { names: () => Promise.resolve(names) } as unknown as AlarmService,
      { now: () => NOW, parseTime } as unknown as ProcessClock,
    );
  });

  it('are of the last day where nobody names another, and never of the future', async () => {
    expect(await service.read({})).toMatchObject({ from: iso(NOW - DAY), to: iso(NOW), alarms: 0 });
    await service.read({ to: iso(NOW + 1) });
    await service.read({ to: iso(NOW - HOUR) });
    await service.read({ from: iso(NOW - 31 * DAY) });
    expect(asked).toEqual([
      [NOW - DAY, NOW],
      [NOW - DAY, NOW],
      [NOW - HOUR - DAY, NOW - HOUR],
      [NOW - 31 * DAY, NOW],
    ]);
  });

  it('are refused of no period, of one too long, and of what is no time', async () => {
    const refused = [
      [{ from: iso(NOW) }, 'from'],
      [{ from: iso(NOW - 31 * DAY - 1) }, 'from'],
      [{ from: 'yesterday' }, 'from'],
      [{ to: 'today' }, 'to'],
    ] as const;
    for (const [query, field] of refused)
      await expect(service.read(query)).rejects.toMatchObject({
        code: 'VALIDATION_FAILED',
        fields: [{ field }],
      });
    expect(asked).toEqual([]);
  });

  it('are refused of more than 200,000 alarms', async () => {
    const part = Array.from({ length: 5_000 }, () => activation(1, NOW - HOUR));
    shown = Array.from({ length: 40 }, () => part);
    expect((await service.figuresIn(NOW - DAY, NOW)).alarms).toBe(200_000);
    shown.push(part.slice(0, 1));
    await expect(service.figuresIn(NOW - DAY, NOW)).rejects.toMatchObject({ code: 'TOO_MANY_ALARMS' });
  });

  it('name the alarms they speak of, and leave out what is gone', async () => {
    // three of the first within a minute, one of the second, and one of an alarm that there is no more
    shown = [[1, 1, 1, 2, 3].map((alarmId, i) => activation(alarmId, NOW - HOUR + i * 10_000))];
    const figures = await service.read({});
    const source = { kind: 'limit', tag: 'XMEAS_07', tag_name: 'Pressure', eq_id: 'REACTOR' };
    expect(figures.chattering).toMatchObject([{ ...source, alarm_id: 1, limit: 'H', most_in_a_minute: 3 }]);
    expect(figures.top).toMatchObject([
      { ...source, alarm_id: 1, limit: 'H', alarms: 3, share: 0.6 },
      { ...source, alarm_id: 2, limit: 'L', alarms: 1, share: 0.2 },
    ]);
    expect(figures.alarms).toBe(5);
    expect(valueOf(figures, 'average_rate')).toBeCloseTo(5 / 144, 6);
  });

  it('call stale what was active for longer than a day without a break, up to the end of the period', async () => {
    const [from, to] = [NOW - 3 * DAY, NOW - DAY];
    // ended after the period: in it, it had been active for a day and no longer
    ended = [{ alarmId: 1, since: to - DAY, until: NOW }];
    // still active: for a day at the end of the period, and no longer
    Object.assign(alarms.rows[1], { active: true, activeSince: to - DAY });
    const none = await service.read({ from: iso(from), to: iso(to) });
    expect([none.stale, valueOf(none, 'stale')]).toEqual([[], 0]);
    ended = [{ alarmId: 1, since: to - DAY - 1, until: NOW }];
    Object.assign(alarms.rows[1], { activeSince: to - DAY - 2 });
    const both = await service.read({ from: iso(from), to: iso(to) });
    expect(both.stale).toMatchObject([
      { alarm_id: 2, since: iso(to - DAY - 2), until: null },
      { alarm_id: 1, since: iso(to - DAY - 1), until: iso(NOW) },
    ]);
    expect(valueOf(both, 'stale')).toBe(2);
  });

  it('name each stale alarm once, with its longest stretch, the longest first', async () => {
    ended = [
      { alarmId: 1, since: NOW - 4 * DAY, until: NOW - 2 * DAY },
      { alarmId: 1, since: NOW - 9 * DAY, until: NOW - 5 * DAY },
      { alarmId: 2, since: NOW - 8 * DAY, until: NOW - 5 * DAY },
    ];
    const { stale } = await service.read({ from: iso(NOW - 10 * DAY) });
    expect(stale.map(({ alarm_id, since }) => [alarm_id, since])).toEqual([
      [1, iso(NOW - 9 * DAY)],
      [2, iso(NOW - 8 * DAY)],
    ]);
  });
});
