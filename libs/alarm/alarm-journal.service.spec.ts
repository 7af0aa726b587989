import { afterAll, beforeAll, describe, expect, it } from '#jest';
import { AppError, type ProcessClock } from '#platform';
import { AlarmStore } from '../../test/factories/alarm-store.fixture.js';
import { AlarmJournalService } from './alarm-journal.service.js';
import { entryOf } from './alarm-transitions.service.js';
import type { AlarmService } from './alarm.service.js';
import type { AlarmJournalQuery } from './dto/alarm-journal.query.js';

const DAY = 24 * 3_600_000;
const BEGIN = Date.UTC(2026, 2, 1);
const iso = (ts: number): string => new Date(ts).toISOString();

const names = { eqId: () => 'REACTOR', tag: () => undefined };
const parseTime = (text: string, field: string): number => {
  const ts = Date.parse(text);
  if (Number.isNaN(ts)) throw AppError.invalid(field, 'must be a time');
  return ts;
};

const query = (wanted: Partial<AlarmJournalQuery>): AlarmJournalQuery => ({ limit: 2, ...wanted });

describe('the journal that is read', () => {
  let store: AlarmStore;
  let service: AlarmJournalService;

  beforeAll(async () => {
    store = await AlarmStore.open();
    await store.clear();
    const alarm = await store.add(7, 'H');
    const reason = { wallAt: 17, cause: 'person', by: 'x', comment: 'y' } as const;
    await store.journal.append(
      [BEGIN - 1, BEGIN, BEGIN + DAY - 1, BEGIN + DAY].map((plantAt) =>
        entryOf(alarm, 'commented', { ...reason, plantAt }),
      ),
    );
    service = new AlarmJournalService(
      store.journal,
      store.alarms,
      { names: () => Promise.resolve(names) } as unknown as AlarmService,
      { parseTime } as unknown as ProcessClock,
    );
  });
  afterAll(() => store.close());

  it('comes in pages, the newest first', async () => {
    const first = await service.list(query({ total: true }));
    expect(first.items).toMatchObject([
      {
        entry_id: 4,
        alarm_id: 1,
        event: 'commented',
        by: 'x',
        comment: 'y',
        wall_at: iso(17),
        eq_id: 'REACTOR',
      },
      { entry_id: 3, plant_at: iso(BEGIN + DAY - 1) },
    ]);
    expect(first.total).toBe(4);
    const second = await service.list(query({ cursor: first.next_cursor ?? '' }));
    expect(second.items.map(({ entry_id }) => entry_id)).toEqual([2, 1]);
    expect(second).toMatchObject({ next_cursor: null });
    expect(second).not.toHaveProperty('total');
  });

  it('is of all times, of those from one on, of those before one, or of those between two', async () => {
    const listed = async (wanted: Partial<AlarmJournalQuery>): Promise<number[]> =>
      (await service.list(query({ ...wanted, limit: 9 }))).items.map(({ entry_id }) => entry_id);
    const [from, to] = [iso(BEGIN), iso(BEGIN + DAY)];
    expect(await listed({})).toEqual([4, 3, 2, 1]);
    expect(await listed({ from })).toEqual([4, 3, 2]);
    expect(await listed({ to })).toEqual([3, 2, 1]);
    expect(await listed({ from, to })).toEqual([3, 2]);
    expect(await listed({ alarm_id: 1, event: 'commented' })).toHaveLength(4);
    expect(await listed({ alarm_id: 2 })).toEqual([]);
    expect(await listed({ event: 'activated' })).toEqual([]);
  });

  it('is refused of a period that is none, and the message names the field', async () => {
    const refused = [
      [{ from: iso(BEGIN), to: iso(BEGIN) }, 'from'],
      [{ from: 'yesterday' }, 'from'],
      [{ to: 'today' }, 'to'],
    ] as const;
    for (const [period, field] of refused)
      await expect(service.list(query(period))).rejects.toMatchObject({ fields: [{ field }] });
  });
});
