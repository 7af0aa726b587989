import type { SideDoor } from './side-door.js';

const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** Older scores are kept by the hour, as the product condenses them, and forgotten after so many days. */
const SCORES_OF_SAMPLES_DAYS = 7;
const SCORES_DAYS = 400;
const PREDICTIONS_DAYS = 90;
/**
 * Rows of earlier days have lower numbers, as if they had been written before. So the numbers of what a day is made of begin high
 * enough for those of all days before it.
 */
const FIRST_ID = 1_000_000_000_000;
const IDS_PER_DAY = 1_000_000;
const NUMBERED_TABLES = ['incident', 'anomaly', 'alarm', 'alarm_journal'];

/** All lengths of rollups: the key has them before the begin of a bucket. */
const BUCKETS_MS = [10_000, 60_000, 900_000, HOUR_MS, DAY_MS].join(', ');

/** A day `[from, to)` of plant time, epoch milliseconds, and the tags whose samples count. */
export interface Day {
  from: number;
  to: number;
  tagIds: readonly number[];
}

/** How a table's rows of a day become those of an earlier one. */
interface CopiedTable {
  table: string;
  /** Which rows `s` are of the day, as SQL. */
  of: (day: Day) => string;
  /** Times, which move with the day. */
  times: readonly string[];
  /** Numbers of rows that are copied, too. */
  ids?: readonly string[];
  /** Columns that come about otherwise, as SQL; null leaves the database to fill it. */
  otherwise?: (kind: SideDoor['kind'], daysBack: number) => Record<string, string | null>;
  /** Days further back than the others. @default 0 */
  further?: number;
  /** For how many days the product keeps them. @default for good */
  keptDays?: number;
}

const between = (column: string, { from, to }: Day): string => `${column} >= ${from} AND ${column} < ${to}`;
/** Tag by tag: neither samples nor rollups can be found by their time alone. */
const samplesBefore = ({ tagIds }: Day, ts: number): string =>
  `tag_id IN (${tagIds.join(', ')}) AND ts < ${ts}`;
const rollupsBefore = ({ tagIds }: Day, ts: number): string =>
  `tag_id IN (${tagIds.join(', ')}) AND bucket_ms IN (${BUCKETS_MS}) AND bucket < ${ts}`;
/** What goes on has no copies: the day before, it would not have ended either. */
const overIn = (day: Day): string => `${between('started_at', day)} AND ended_at IS NOT NULL`;
const incidentsOf = (day: Day): string => `SELECT id FROM incident WHERE ${overIn(day)}`;
const lotOf = (time: string, daysBack: number): string =>
  `(SELECT l.id FROM lot l WHERE l.started_at <= s.${time} - ${daysBack * DAY_MS} ORDER BY l.started_at DESC LIMIT 1)`;
const textWith = (kind: SideDoor['kind'], text: string, end: string): string =>
  kind === 'mysql' ? `CONCAT(${text}, '${end}')` : `${text} || '${end}'`;

/** In the order of their references. */
const COPIED: readonly CopiedTable[] = [
  {
    // The lot of the plant that began on the day; the one before it, which reaches into the day, is there already.
    table: 'lot',
    of: (day) => between('s.started_at', day),
    times: ['started_at', 'created_at', 'updated_at'],
    otherwise: (kind, daysBack) => ({
      id: null,
      lot_no: textWith(kind, 's.lot_no', `-${daysBack}`),
      status: "'closed'",
      ended_at: `s.started_at + ${DAY_MS} - ${daysBack * DAY_MS}`,
    }),
    further: 1,
  },
  {
    table: 'incident',
    of: (day) => `s.id IN (${incidentsOf(day)})`,
    times: [
      ...['started_at', 'detected_at', 'last_sign_at', 'ended_at', 'peak_at'],
      ...['acknowledged_at', 'acknowledged_plant_at'],
    ],
    ids: ['id'],
    otherwise: (_kind, daysBack) => ({ lot_id: lotOf('started_at', daysBack) }),
  },
  {
    table: 'incident_diagnosis',
    of: (day) => `s.incident_id IN (${incidentsOf(day)})`,
    times: ['at', 'made_at'],
    ids: ['incident_id'],
  },
  {
    table: 'anomaly',
    of: (day) => overIn(day).replaceAll(/(started_at|ended_at)/g, 's.$1'),
    times: [
      ...['started_at', 'detected_at', 'ended_at', 'peak_at'],
      ...['acknowledged_at', 'acknowledged_plant_at'],
    ],
    ids: ['id', 'incident_id'],
    otherwise: (_kind, daysBack) => ({ lot_id: lotOf('started_at', daysBack) }),
  },
  {
    // Limits have one alarm each for good, incidents their own.
    table: 'alarm',
    of: (day) => `s.incident_id IN (${incidentsOf(day)})`,
    times: ['active_since', 'changed_at'],
    ids: ['id', 'incident_id'],
  },
  {
    table: 'alarm_journal',
    of: (day) =>
      `${between('s.plant_at', day)} AND s.alarm_id IN (
         SELECT a.id FROM alarm a WHERE a.kind = 'limit' OR a.incident_id IN (${incidentsOf(day)}))`,
    times: ['plant_at', 'wall_at', 'since', 'until'],
    ids: ['id', 'corrects'],
    otherwise: (_kind, daysBack) => ({
      alarm_id: `CASE WHEN s.alarm_id IN (SELECT a.id FROM alarm a WHERE a.kind = 'limit') THEN s.alarm_id
         ELSE s.alarm_id - ${daysBack * IDS_PER_DAY} END`,
    }),
  },
  { table: 'kpi_hour', of: (day) => between('s.hour', day), times: ['hour'] },
  {
    table: 'prediction',
    of: (day) => `${between('s.at', day)} AND s.status = 'completed'`,
    times: ['at', 'created_at', 'started_at', 'finished_at', 'updated_at'],
    otherwise: (kind, daysBack) => ({
      job_id: textWith(kind, 'substr(s.job_id, 1, 24)', String(daysBack).padStart(12, '0')),
      lot_id: lotOf('at', daysBack),
    }),
    keptDays: PREDICTIONS_DAYS,
  },
  {
    table: 'timeseries_sample',
    of: (day) => `s.${samplesBefore(day, day.to)} AND s.ts >= ${day.from}`,
    times: ['ts'],
  },
  {
    table: 'timeseries_rollup',
    of: (day) => `s.${rollupsBefore(day, day.to)} AND s.bucket >= ${day.from}`,
    times: ['bucket', 'first_ts', 'last_ts', 'from_ts', 'to_ts'],
  },
];

const SAMPLE_TABLES = COPIED.filter(({ table }) => table.startsWith('timeseries_'));

/** Has numbers of rows begin where there is room for earlier days below them. Before the product's first start. */
export async function leaveRoomForEarlierRows(door: SideDoor): Promise<void> {
  for (const table of NUMBERED_TABLES)
    await door.run(
      door.kind === 'mysql'
        ? `ALTER TABLE ${table} AUTO_INCREMENT = ${FIRST_ID}`
        : `INSERT INTO sqlite_sequence (name, seq) VALUES ('${table}', ${FIRST_ID})`,
    );
}

/** Removes what is of before the day, but for the lot that reaches into it. */
export async function removeBefore(door: SideDoor, day: Day): Promise<void> {
  const { from } = day;
  const incidents = `SELECT id FROM incident WHERE started_at < ${from}`;
  await door.transaction(async () => {
    await door.run(
      `DELETE FROM alarm_journal WHERE plant_at < ${from} OR alarm_id IN (SELECT id FROM alarm WHERE incident_id IN (${incidents}))`,
    );
    await door.run(`DELETE FROM alarm WHERE incident_id IN (${incidents})`);
    await door.run(`DELETE FROM incident_diagnosis WHERE incident_id IN (${incidents})`);
    await door.run(`DELETE FROM anomaly WHERE started_at < ${from}`);
    await door.run(`DELETE FROM incident WHERE started_at < ${from}`);
    await door.run(`DELETE FROM lot WHERE ended_at <= ${from}`);
    await door.run(`DELETE FROM health_score WHERE ts < ${from}`);
  });
  await removeSamplesBefore(door, day, from);
}

/** Removes samples and their rollups, and the condensed hours they made. */
export async function removeSamplesBefore(door: SideDoor, day: Day, ts: number): Promise<void> {
  await door.run(`DELETE FROM timeseries_sample WHERE ${samplesBefore(day, ts)}`);
  await door.run(`DELETE FROM timeseries_rollup WHERE ${rollupsBefore(day, ts)}`);
  await door.run(`DELETE FROM kpi_hour WHERE hour < ${ts}`);
}

/**
 * Writes the rows of a day again for one before it: what a plant would have left whose days are all the same. Earlier days are to
 * be written before later ones.
 */
export async function copyDay(door: SideDoor, day: Day, daysBack: number): Promise<void> {
  await door.transaction(async () => {
    for (const copied of COPIED.filter(({ keptDays = Infinity }) => daysBack < keptDays)) {
      const columns = await columnsOf(door, copied.table);
      if (columns.length > 0) await door.run(copySql(door.kind, copied, columns, day, daysBack));
    }
    if (daysBack >= SCORES_DAYS) return;
    await door.run(
      daysBack < SCORES_OF_SAMPLES_DAYS ? scoresSql(day, daysBack) : hourlyScoresSql(day, daysBack),
    );
  });
}

/**
 * Writes the samples and rollups of a tag's day again, for another tag or for days before.
 * @returns how many samples
 */
export async function copyTagDay(
  door: SideDoor,
  day: Omit<Day, 'tagIds'>,
  { from, to, daysBack }: { from: number; to: number; daysBack: number },
): Promise<number> {
  const rows: number[] = [];
  for (const copied of SAMPLE_TABLES) {
    const columns = await columnsOf(door, copied.table);
    const toTag = { ...copied, otherwise: () => ({ tag_id: String(to) }) };
    rows.push(await door.run(copySql(door.kind, toTag, columns, { ...day, tagIds: [from] }, daysBack)));
  }
  return rows[0];
}

/** How many samples and rollups of a day differ from those of the day before, moved by a day. */
export async function differencesToDayBefore(door: SideDoor, day: Day): Promise<number> {
  let differences = 0;
  for (const { table, of, times } of SAMPLE_TABLES) {
    const columns = await columnsOf(door, table);
    const rows = (shift: number): string => {
      const its = columns.map(
        (column) => `s.${quoted(column)}${times.includes(column) ? ` + ${shift}` : ''}`,
      );
      const own = { ...day, from: day.from - shift, to: day.to - shift };
      return `SELECT ${its.join(', ')} FROM ${table} s WHERE ${of(own)}`;
    };
    const [later, earlier] = [rows(0), rows(DAY_MS)];
    for (const differing of [`${later} EXCEPT ${earlier}`, `${earlier} EXCEPT ${later}`]) {
      const [{ count }] = await door.rows<{ count: string | number }>(
        `SELECT COUNT(*) AS count FROM (${differing}) differing`,
      );
      differences += Number(count);
    }
  }
  return differences;
}

function quoted(column: string): string {
  return `\`${column}\``;
}

/** Empty for a table without rows. */
async function columnsOf(door: SideDoor, table: string): Promise<string[]> {
  const [row] = await door.rows<Record<string, unknown>>(`SELECT * FROM ${table} LIMIT 1`);
  return row === undefined ? [] : Object.keys(row);
}

function copySql(
  kind: SideDoor['kind'],
  { table, of, times, ids = [], otherwise, further = 0 }: CopiedTable,
  columns: readonly string[],
  day: Day,
  daysBack: number,
): string {
  const back = daysBack + further;
  const others = otherwise?.(kind, back) ?? {};
  const expressions = columns.flatMap((column): [string, string][] => {
    const other = others[column];
    if (other === null) return [];
    if (other !== undefined) return [[column, other]];
    const own = `s.${quoted(column)}`;
    if (times.includes(column)) return [[column, `${own} - ${back * DAY_MS}`]];
    if (ids.includes(column)) return [[column, `${own} - ${back * IDS_PER_DAY}`]];
    return [[column, own]];
  });
  return `INSERT INTO ${table} (${expressions.map(([column]) => quoted(column)).join(', ')})
    SELECT ${expressions.map(([, expression]) => expression).join(', ')} FROM ${table} s WHERE ${of(day)}`;
}

function scoresSql(day: Day, daysBack: number): string {
  return `INSERT INTO health_score (equipment_id, ts, span_ms, samples, score, lowest, drivers)
    SELECT equipment_id, ts - ${daysBack * DAY_MS}, span_ms, samples, score, lowest, drivers
    FROM health_score WHERE span_ms = 0 AND ${between('ts', day)}`;
}

/** One for an hour and unit: the mean, with what drove the lowest. */
function hourlyScoresSql(day: Day, daysBack: number): string {
  return `INSERT INTO health_score (equipment_id, ts, span_ms, samples, score, lowest, drivers)
    SELECT h.equipment_id, h.start - ${daysBack * DAY_MS}, ${HOUR_MS}, h.samples, h.score, h.lowest,
      (SELECT d.drivers FROM health_score d WHERE d.equipment_id = h.equipment_id AND d.ts >= h.start
         AND d.ts < h.start + ${HOUR_MS} ORDER BY d.lowest, d.ts LIMIT 1)
    FROM (
      SELECT equipment_id, ts - ts % ${HOUR_MS} AS start, COUNT(*) AS samples, AVG(score) AS score, MIN(lowest) AS lowest
      FROM health_score WHERE span_ms = 0 AND ${between('ts', day)} GROUP BY equipment_id, ts - ts % ${HOUR_MS}
    ) h`;
}
