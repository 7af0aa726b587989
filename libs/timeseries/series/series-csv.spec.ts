import { Readable } from 'node:stream';
import { expect, it } from '#jest';
import { parse } from 'csv-parse/sync';
import type { SeriesPointDto, TagSeriesDto } from './dto/series.dto.js';
import { seriesCsv } from './series-csv.js';

const ts = '2026-03-01T08:00:00.000Z';

async function csvOf(...series: [tag: string, points: SeriesPointDto[]][]): Promise<string[]> {
  const reply = series.map(([tag, points]) => ({
    head: { tag } as Omit<TagSeriesDto, 'points'>,
    times: Float64Array.from(points, (point) => Date.parse(point.ts)),
    values: Float64Array.from(points, ({ value }) => value),
    qualityOf: (i: number) => points[i].quality,
  }));
  return Readable.from(seriesCsv({ series: reply })).toArray() as Promise<string[]>;
}

it('has a header, and a line a point in the order of the tags', async () => {
  const pieces = await csvOf(
    ['XMEAS_07', [{ ts, value: 2705.1, quality: 'uncertain' }]],
    ['XMEAS_09', []],
    ['XMV_10', [{ ts, value: 41 }]],
  );
  expect(pieces.join('')).toBe(`tag,time,value,quality\nXMEAS_07,${ts},2705.1,uncertain\nXMV_10,${ts},41,\n`);
});

it('keeps numbers as they are, also where they begin with a sign', async () => {
  const values = [-1.5, 0, 1e21, -1e-7, 0.1 + 0.2];
  const text = (await csvOf(['T', values.map((value) => ({ ts, value }))])).join('');
  const rows = parse<{ value: string }>(text, { columns: true });
  expect(rows.map(({ value }) => value)).toEqual(['-1.5', '0', '1e+21', '-1e-7', '0.30000000000000004']);
});

it.each(['=1+1', '+1', '-T', '@SUM(A1)', '\tT'])('keeps a spreadsheet from computing %j', async (tag) => {
  const text = (await csvOf([tag, [{ ts, value: 1 }]])).join('');
  const rows = parse<{ tag: string }>(text, { columns: true });
  expect(rows[0].tag).toBe(`'${tag}`);
});

it('comes in pieces however long it is', async () => {
  const points = Array.from({ length: 40_000 }, (_, i) => ({ ts, value: i }));
  const pieces = await csvOf(['T', points]);
  expect(pieces.length).toBe(161);
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(20_000);
  expect(pieces.join('').split('\n')).toHaveLength(40_002);
});
