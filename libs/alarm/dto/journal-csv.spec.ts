import { expect, it } from '#jest';
import type { AlarmEntryDto } from './alarm-entry.dto.js';
import { journalCsv } from './journal-csv.js';

it('the journal as lines has a head, plain cells, empty ones for what is unknown, and no formulas', () => {
  const entry = {
    entry_id: 4,
    alarm_id: 2,
    event: 'activated',
    cause: 'sample',
    plant_at: '2026-03-01T08:00:00.000Z',
    wall_at: '2026-03-01T08:00:01.000Z',
    by: null,
    comment: '=1+1, "so"',
    state: 'suppressed_by_design',
    priority: 'low',
    kind: 'limit',
    tag: 'XMEAS_07',
    limit: 'H',
    value: 0,
    limit_value: -2.5,
    incident_id: null,
    annunciated: false,
    since: null,
    until: null,
    corrects: null,
  } as AlarmEntryDto;
  const lines = journalCsv([entry, { ...entry, entry_id: 5, comment: null, annunciated: true }]).split('\n');
  expect(lines).toEqual([
    'entry_id,alarm_id,event,cause,plant_at,wall_at,by,comment,state,priority,kind,tag,limit,value,limit_value,incident_id,annunciated,since,until,corrects',
    '4,2,activated,sample,2026-03-01T08:00:00.000Z,2026-03-01T08:00:01.000Z,,"\'=1+1, ""so""",suppressed_by_design,low,limit,XMEAS_07,H,0,-2.5,,false,,,',
    '5,2,activated,sample,2026-03-01T08:00:00.000Z,2026-03-01T08:00:01.000Z,,,suppressed_by_design,low,limit,XMEAS_07,H,0,-2.5,,true,,,',
    '',
  ]);
});
