import { describe, expect, it } from '#jest';
import { AppError, type ProcessClock } from '#platform';
import { AlarmsInMemory } from '../../test/factories/alarms-in-memory.fixture.js';
import type { AlarmEntry } from './alarm-entry.entity.js';
import type { AlarmEntryFilter, AlarmJournalRepository } from './alarm-journal.repository.js';
import { AlarmJournalService } from './alarm-journal.service.js';
import { entryOf } from './alarm-transitions.service.js';
import type { AlarmService } from './alarm.service.js';
import type { AlarmJournalQuery } from './dto/alarm-journal.query.js';

const DAY = 24 * 3_600_000;
const BEGIN = Date.UTC(2026, 2, 1);
const iso = (ts: number): string => new Date(ts).toISOString();

/** The service over three comments, and what it asks of the journal. */
function aJournal(): {
  service: AlarmJournalService;
  asked: [AlarmEntryFilter, number, number | undefined][];
} {
  const alarms = new AlarmsInMemory();
  const alarm = alarms.add({ tagId: 7, limitName: 'H', equipmentId: 5 });
  const entries: AlarmEntry[] = [3, 2, 1].map((id) => ({
    ...entryOf(alarm, 'commented', {
      plantAt: BEGIN + id,
      wallAt: 17,
      cause: 'person',
      by: 'x',
      comment: 'y',
    }),
    id,
  }));
  const asked: [AlarmEntryFilter, number, number | undefined][] = [];
  const journal = {
    findPage: (filter: AlarmEntryFilter, limit: number, beforeId?: number) => {
      asked.push([filter, limit, beforeId]);
      const page = entries.filter(({ id }) => beforeId === undefined || id < beforeId);
      return Promise.resolve(page.slice(0, limit + 1));
    },
    count: () => Promise.resolve(entries.length),
  } as unknown as AlarmJournalRepository;
  const parseTime = (text: string, field: string): number => {
    const ts = Date.parse(text);
    if (Number.isNaN(ts)) throw AppError.invalid(field, 'must be a time');
    return ts;
  };
  const names = { eqId: () => 'REACTOR', tag: () => undefined };
  const service = new AlarmJournalService(
    journal,
    alarms.repository,
    { names: () => Promise.resolve(names) } as unknown as AlarmService,
    { parseTime } as unknown as ProcessClock,
  );
  return { service, asked };
}

const query = (wanted: Partial<AlarmJournalQuery>): AlarmJournalQuery => ({ limit: 2, ...wanted });

describe('the journal that is read', () => {
  it('comes in pages, the newest first', async () => {
    const { service } = aJournal();
    const first = await service.list(query({ total: true }));
    expect(first.items).toMatchObject([
      {
        entry_id: 3,
        alarm_id: 1,
        event: 'commented',
        by: 'x',
        comment: 'y',
        wall_at: iso(17),
        eq_id: 'REACTOR',
      },
      { entry_id: 2, plant_at: iso(BEGIN + 2) },
    ]);
    expect(first.total).toBe(3);
    const second = await service.list(query({ cursor: first.next_cursor ?? '' }));
    expect(second.items.map(({ entry_id }) => entry_id)).toEqual([1]);
    expect(second).toMatchObject({ next_cursor: null });
    expect(second).not.toHaveProperty('total');
  });

  it('is of all times, of those from one on, of those before one, or of those between two', async () => {
    const { service, asked } = aJournal();
    const [from, to] = [iso(BEGIN), iso(BEGIN + DAY)];
    for (const period of [{}, { from }, { to }, { from, to }]) await service.list(query(period));
    await service.list(query({ alarm_id: 1, event: 'commented' }));
    expect(asked.map(([{ from: begin, to: end }]) => [begin, end])).toEqual([
      [undefined, undefined],
      [BEGIN, undefined],
      [undefined, BEGIN + DAY],
      [BEGIN, BEGIN + DAY],
      [undefined, undefined],
    ]);
    expect(asked[4][0]).toMatchObject({ alarmId: 1, event: 'commented' });
  });

  it('is refused of a period that is none, and the message names the field', async () => {
    const { service } = aJournal();
    const refused = [
      [{ from: iso(BEGIN), to: iso(BEGIN) }, 'from'],
      [{ from: 'yesterday' }, 'from'],
      [{ to: 'today' }, 'to'],
    ] as const;
    for (const [period, field] of refused)
      await expect(service.list(query(period))).rejects.toMatchObject({ fields: [{ field }] });
  });
});
