import { afterAll, beforeAll, beforeEach, describe, expect, it } from '#jest';
import { AppError, type ProcessClock } from '#platform';
import { AlarmStore } from '../../test/factories/alarm-store.fixture.js';
import { AlarmFiguresService } from './alarm-figures.service.js';
import { entryOf } from './alarm-transitions.service.js';
import type { Alarm } from './alarm.entity.js';
import type { AlarmService } from './alarm.service.js';
import type { AlarmFiguresDto } from './dto/alarm-figures.dto.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 2, 10);
const iso = (ts: number): string => new Date(ts).toISOString();

describe('the figures of a period', () => {
  let store: AlarmStore;
  let alarms: Alarm[];
  let service: AlarmFiguresService;

  beforeAll(async () => void (store = await AlarmStore.open()));
  afterAll(() => store.close());

  const valueOf = ({ figures }: AlarmFiguresDto, name: string): number | null | undefined =>
    figures.find((each) => each.name === name)?.value;
  /** Alarms of these ids that people were shown, in the journal. */
  const show = (activations: readonly (readonly [id: number, plantAt: number])[]): Promise<void> =>
    store.journal.append(
      activations.map(([alarmId, plantAt]) => ({
        ...entryOf(alarms[0], 'activated', { plantAt, cause: 'sample' }),
        alarmId,
        annunciated: true,
      })),
    );
  /** What the journal says of alarms that have ended, and nothing else. */
  const end = async (
    spans: readonly (readonly [id: number, since: number, until: number])[],
  ): Promise<void> => {
    await store.database.query('DELETE FROM alarm_journal');
    await store.journal.append(
      spans.map(([id, since, plantAt]) =>
        entryOf(alarms[id - 1], 'returned', { plantAt, cause: 'sample' }, { since }),
      ),
    );
  };

  beforeEach(async () => {
    await store.clear();
    alarms = [await store.add(7, 'H'), await store.add(7, 'L')];
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
      store.journal,
      store.alarms,
      { names: () => Promise.resolve(names) } as unknown as AlarmService,
      { now: () => NOW, parseTime } as unknown as ProcessClock,
    );
  });

  it('are of the last day where nobody names another, and never of the future', async () => {
    expect(await service.read({})).toMatchObject({ from: iso(NOW - DAY), to: iso(NOW), alarms: 0 });
    const period = async (query: { from?: string; to?: string }): Promise<[string, string]> => {
      const { from, to } = await service.read(query);
      return [from, to];
    };
    expect(await period({ to: iso(NOW + 1) })).toEqual([iso(NOW - DAY), iso(NOW)]);
    expect(await period({ to: iso(NOW - HOUR) })).toEqual([iso(NOW - HOUR - DAY), iso(NOW - HOUR)]);
    expect(await period({ from: iso(NOW - 31 * DAY) })).toEqual([iso(NOW - 31 * DAY), iso(NOW)]);
    // from its first millisecond on, and not that of the next
    await show([NOW - DAY - 1, NOW - DAY, NOW - 1, NOW].map((at) => [1, at]));
    expect((await service.read({})).alarms).toBe(2);
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
  });

  it('are refused of more than 200,000 alarms', async () => {
    await show([[1, NOW - HOUR]]);
    await store.database.query(
      `INSERT INTO alarm_journal (alarm_id, event, cause, plant_at, wall_at, state, priority, annunciated)
       WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 199999)
       SELECT alarm_id, event, cause, plant_at + n, wall_at, state, priority, annunciated FROM alarm_journal, counted`,
    );
    expect((await service.figuresIn(NOW - DAY, NOW)).alarms).toBe(200_000);
    await show([[1, NOW - HOUR]]);
    await expect(service.figuresIn(NOW - DAY, NOW)).rejects.toMatchObject({ code: 'TOO_MANY_ALARMS' });
  });

  it('name the alarms they speak of, and leave out what is gone', async () => {
    // three of the first within a minute, one of the second, and one of an alarm that there is no more
    await show([1, 1, 1, 2, 3].map((id, i) => [id, NOW - HOUR + i * 10_000]));
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
    await end([[1, to - DAY, NOW]]);
    // still active: for a day at the end of the period, and no longer
    await store.change(alarms[1], { active: true, activeSince: to - DAY });
    const none = await service.read({ from: iso(from), to: iso(to) });
    expect([none.stale, valueOf(none, 'stale')]).toEqual([[], 0]);
    await end([[1, to - DAY - 1, NOW]]);
    await store.change(alarms[1], { active: true, activeSince: to - DAY - 2 });
    const both = await service.read({ from: iso(from), to: iso(to) });
    expect(both.stale).toMatchObject([
      { alarm_id: 2, since: iso(to - DAY - 2), until: null },
      { alarm_id: 1, since: iso(to - DAY - 1), until: iso(NOW) },
    ]);
    expect(valueOf(both, 'stale')).toBe(2);
  });

  it('name each stale alarm once, with its longest stretch, the longest first', async () => {
    await end([
      [1, NOW - 4 * DAY, NOW - 2 * DAY],
      [1, NOW - 9 * DAY, NOW - 5 * DAY],
      [2, NOW - 8 * DAY, NOW - 5 * DAY],
    ]);
    const { stale } = await service.read({ from: iso(NOW - 10 * DAY) });
    expect(stale.map(({ alarm_id, since }) => [alarm_id, since])).toEqual([
      [1, iso(NOW - 9 * DAY)],
      [2, iso(NOW - 8 * DAY)],
    ]);
  });
});
