import { expect, it } from '#jest';
import type { Request, Response } from 'express';
import type { Principal } from '#platform';
import type { AlarmFiguresService } from './alarm-figures.service.js';
import type { AlarmJournalService } from './alarm-journal.service.js';
import { AlarmController } from './alarm.controller.js';
import type { AlarmService } from './alarm.service.js';
import type { AlarmJournalQuery } from './dto/alarm-journal.query.js';

const CALLER: Principal = { name: 'shift-lead', role: 'operator' };

it('what people do about an alarm is done for them, and answered with the alarm', async () => {
  const done: unknown[][] = [];
  const action =
    (name: string) =>
    (...given: unknown[]): Promise<string> => {
      done.push([name, ...given]);
      return Promise.resolve(name);
    };
  const names = [
    'acknowledge',
    'shelve',
    'unshelve',
    'comment',
    'takeOutOfService',
    'putBackInService',
  ] as const;
  const alarms = Object.fromEntries(names.map((name) => [name, action(name)]));
  const controller = new AlarmController(
    alarms as unknown as AlarmService,
    {} as AlarmJournalService,
    {} as AlarmFiguresService,
  );
  const body = { comment: 'seen', reason: 'broken', until: '2026-03-01' };
  for (const name of names) expect(await controller[name]({ alarm_id: 7 }, body, CALLER)).toBe(name);
  expect(done).toEqual([
    ['acknowledge', 7, 'seen', CALLER],
    ['shelve', 7, 'broken', '2026-03-01', CALLER],
    ['unshelve', 7, 'seen', CALLER],
    ['comment', 7, 'seen', CALLER],
    ['takeOutOfService', 7, 'broken', CALLER],
    ['putBackInService', 7, 'seen', CALLER],
  ]);
});

it('the journal comes as lines for those who want them rather than JSON', async () => {
  const page = { items: [], next_cursor: 'more' };
  const controller = new AlarmController(
    {} as AlarmService,
    { list: () => Promise.resolve(page) } as unknown as AlarmJournalService,
    {} as AlarmFiguresService,
  );
  /** The answer to somebody who wants these types, the one they like best first, with the headers that are set. */
  const answerTo = async (...wanted: string[]) => {
    const headers: Record<string, string> = {};
    const response = {
      vary: () => response,
      type: (type: string) => ((headers.type = type), response),
      attachment: () => response,
      set: (name: string, value: string) => ((headers[name] = value), response),
    };
    const accepts = (...offered: string[]) => wanted.find((type) => offered.includes(type)) ?? false;
    const body = await controller.readJournal(
      {} as AlarmJournalQuery,
      { accepts } as unknown as Request,
      response as unknown as Response,
    );
    return { body, headers };
  };
  expect(await answerTo('application/json', 'text/csv')).toEqual({ body: page, headers: {} });
  expect(await answerTo('image/png')).toEqual({ body: page, headers: {} });
  const lines = await answerTo('text/csv', 'application/json');
  expect(lines.body).toMatch(/^entry_id,alarm_id,/);
  expect(lines.headers).toEqual({ type: 'text/csv; charset=utf-8', 'X-Next-Cursor': 'more' });
});
