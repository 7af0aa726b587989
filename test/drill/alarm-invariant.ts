import { LimitAlarmTracker } from '#alarm';
import { tagIndex } from '#tep';
import type { Cluster } from './cluster.js';
import type { Invariant } from './invariants.js';
import type { SampleStream } from './sample-stream.js';

/** Limits that a plant in normal operation crosses all the time, with and without delays. */
const TIGHT = {
  XMEAS_07: { limits: { h: 2_705, hh: 2_712 }, deadband: 1, on_delay_ms: 0, off_delay_ms: 0 },
  XMEAS_12: { limits: { l: 49, h: 51 }, deadband: 0.2, on_delay_ms: 180_000, off_delay_ms: 180_000 },
  XMEAS_15: { limits: { l: 49, h: 51 }, deadband: 0.5, on_delay_ms: 0, off_delay_ms: 360_000 },
};

interface TagRow {
  id: string | number;
  code: string;
  limit_ll: number | null;
  limit_l: number | null;
  limit_h: number | null;
  limit_hh: number | null;
  deadband: number;
  on_delay_ms: string | number;
  off_delay_ms: string | number;
}

/** Before the first sample, for limits hold from the next one on. */
export async function setTightLimits({ apis }: Cluster): Promise<void> {
  for (const [code, settings] of Object.entries(TIGHT)) {
    const answer = await fetch(`${apis[0].url}/api/v1/tags/${code}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(settings),
    });
    if (answer.status !== 200) throw new Error(`PATCH ${code}: ${await answer.text()}`);
  }
}

/** What stands in the journal of alarms is what the rule makes of all accepted samples in order: nothing lost, nothing twice. */
export async function alarmsFollowSamples(stream: SampleStream, cluster: Cluster): Promise<Invariant> {
  const expected = await expectedConditions(stream, cluster);
  const rows = (await cluster.mariadb.query(
    `SELECT t.code, a.limit_name, j.event, j.plant_at FROM tep.alarm_journal j
     JOIN tep.alarm a ON a.id = j.alarm_id JOIN tep.sensor_tag t ON t.id = a.tag_id
     WHERE j.event IN ('activated', 'returned')
     AND NOT EXISTS (SELECT 1 FROM tep.alarm_journal r WHERE r.corrects = j.id)`,
  )) as { code: string; limit_name: string; event: string; plant_at: string | number }[];
  const written = rows.map(
    ({ code, limit_name, event, plant_at }) => `${code} ${limit_name} ${event} ${plant_at}`,
  );
  const [known, right] = [new Set(written), new Set(expected)];
  const violations = [
    ...expected.filter((each) => !known.has(each)).map((each) => `${each} is missing`),
    ...written.filter((each) => !right.has(each)).map((each) => `${each} was not so`),
  ];
  if (known.size !== written.length) violations.push(`${written.length - known.size} are written twice`);
  return { name: 'alarms recorded as the samples show', checked: expected.length, violations };
}

async function expectedConditions(stream: SampleStream, cluster: Cluster): Promise<string[]> {
  const tags = (await cluster.mariadb.query('SELECT * FROM tep.sensor_tag')) as TagRow[];
  const tracker = new LimitAlarmTracker();
  const codes = new Map(tags.map(({ id, code }) => [Number(id), code]));
  const limited = tags.map((row) => ({
    id: Number(row.id),
    limitLl: row.limit_ll,
    limitL: row.limit_l,
    limitH: row.limit_h,
    limitHh: row.limit_hh,
    deadband: row.deadband,
    onDelayMs: Number(row.on_delay_ms),
    offDelayMs: Number(row.off_delay_ms),
  }));
  return [...stream.accepted]
    .sort((a, b) => a.ts - b.ts)
    .flatMap(({ ts, values }) =>
      limited.flatMap((tag) => tracker.step(tag, ts, values[tagIndex(codes.get(tag.id) ?? '')])),
    )
    .map(
      ({ tagId, limit, active, ts }) =>
        `${codes.get(tagId)} ${limit} ${active ? 'activated' : 'returned'} ${ts}`,
    );
}
