import { describe, expect, it } from '#jest';
import type { SensorTag } from '#equipment';
import {
  columnsOfPoints,
  columnsOfRecords,
  SampleCollection,
  type SamplePoint,
} from '../samples/sample-columns.js';
import { CsvLines, NdjsonLines, type SampleLines } from './sample-lines.js';
import { quoted, SampleRules } from './sample-rules.js';

const NOW = Date.UTC(2026, 2, 1, 12);
const tags = new Map([
  ['XMEAS_01', { id: 1 } as SensorTag],
  ['XMEAS_02', { id: 2 } as SensorTag],
]);
const rules = (): SampleRules =>
  new SampleRules(tags, { earliest: NOW - 1e9, latest: NOW + 300_000, timeZone: 'UTC' });
const T = '2026-03-01T11:00:00Z';
const ts = NOW - 3_600_000;

function readAll(lines: SampleLines, texts: string[]): SamplePoint[] {
  const points: SamplePoint[] = [];
  for (const text of texts)
    lines.read(text, (tagId, time, value, quality) => points.push({ tagId, ts: time, value, quality }));
  return points;
}

describe('a line of NDJSON', () => {
  const read = (text: string) => readAll(new NdjsonLines(rules()), [text]);

  it('is a sample or a record', () => {
    expect(read(`{"tag":"XMEAS_01","ts":"${T}","value":1.5,"quality":"bad"}`)).toEqual([
      { tagId: 1, ts, value: 1.5, quality: 2 },
    ]);
    expect(read(`{"ts":"${T}","values":{"XMEAS_01":1,"XMEAS_02":null}}`)).toEqual([
      { tagId: 1, ts, value: 1 },
    ]);
    expect(read('  ')).toEqual([]);
  });

  it.each([
    ['no JSON', '{"tag":', 'VALIDATION_FAILED', ''],
    ['an array', '[1]', 'VALIDATION_FAILED', ''],
    ['null', 'null', 'VALIDATION_FAILED', ''],
    ['an unknown tag', `{"tag":"XMEAS_99","ts":"${T}","value":1}`, 'TAG_NOT_FOUND', 'tag'],
    ['an inherited name as tag', `{"tag":"constructor","ts":"${T}","value":1}`, 'TAG_NOT_FOUND', 'tag'],
    ['an infinite value', `{"tag":"XMEAS_01","ts":"${T}","value":1e999}`, 'SAMPLE_INVALID', 'value'],
    ['a word as value', `{"tag":"XMEAS_01","ts":"${T}","value":"NaN"}`, 'SAMPLE_INVALID', 'value'],
    ['no value', `{"tag":"XMEAS_01","ts":"${T}"}`, 'SAMPLE_INVALID', 'value'],
    [
      'a quality nobody knows',
      `{"tag":"XMEAS_01","ts":"${T}","value":1,"quality":"so so"}`,
      'SAMPLE_INVALID',
      'quality',
    ],
    ['a number as time', `{"tag":"XMEAS_01","ts":1772362800000,"value":1}`, 'SAMPLE_INVALID', 'ts'],
    [
      'a time without zone',
      `{"tag":"XMEAS_01","ts":"2026-03-01T11:00:00","value":1}`,
      'SAMPLE_INVALID',
      'ts',
    ],
    ['the future', `{"tag":"XMEAS_01","ts":"2026-03-01T12:05:01Z","value":1}`, 'SAMPLE_IN_FUTURE', 'ts'],
    ['what is not kept', `{"tag":"XMEAS_01","ts":"2026-01-01T00:00:00Z","value":1}`, 'SAMPLE_TOO_OLD', 'ts'],
    ['a field too many', `{"tag":"XMEAS_01","ts":"${T}","value":1,"x":1}`, 'VALIDATION_FAILED', '"x"'],
    [
      'an unknown tag in a record',
      `{"ts":"${T}","values":{"XMEAS_99":1}}`,
      'TAG_NOT_FOUND',
      'values."XMEAS_99"',
    ],
    ['text in a record', `{"ts":"${T}","values":{"XMEAS_01":"1"}}`, 'SAMPLE_INVALID', 'values.XMEAS_01'],
    ['a list of values', `{"ts":"${T}","values":[1]}`, 'VALIDATION_FAILED', 'values'],
  ])('is refused when it is %s', (_what, line, code, field) => {
    expect(() => read(line)).toThrow(expect.objectContaining({ code, field }));
  });
});

describe('a line of CSV', () => {
  const read = (...texts: string[]) => readAll(new CsvLines(rules()), texts);

  it('is one value below tag, time and value, in the order of the header', () => {
    expect(read('time,value,tag', `${T},1.5,XMEAS_01`, '', `"${T}", -2e3 ,"XMEAS_02"`)).toEqual([
      { tagId: 1, ts, value: 1.5 },
      { tagId: 2, ts, value: -2_000 },
    ]);
    expect(read('tag,time,value,quality', `XMEAS_01,${T},1,uncertain`, `XMEAS_01,${T},1,`)).toEqual([
      { tagId: 1, ts, value: 1, quality: 1 },
      { tagId: 1, ts, value: 1, quality: undefined },
    ]);
  });

  it('takes numbers in every spelling', () => {
    const spellings = ['1', '-1', '+1', '1.', '.5', '1.5', '1e3', '1E+3', '-1.5e-3'];
    const lines = spellings.map((text, i) => `XMEAS_01,2026-03-01T11:00:0${i}Z,${text}`);
    expect(read('tag,time,value', ...lines).map(({ value }) => value)).toEqual([
      1, -1, 1, 1, 0.5, 1.5, 1_000, 1_000, -0.0015,
    ]);
  });

  it('is a value per tag below tags; an empty field is a missing value', () => {
    expect(read('timestamp,XMEAS_02,XMEAS_01', `${T},2,1`, `${T},,3`)).toEqual([
      { tagId: 2, ts, value: 2 },
      { tagId: 1, ts, value: 1 },
      { tagId: 1, ts, value: 3 },
    ]);
  });

  it.each([
    ['a header without time', ['tag,value'], 'VALIDATION_FAILED', 'header'],
    ['a header with a column twice', ['time,XMEAS_01,XMEAS_01'], 'VALIDATION_FAILED', 'header'],
    ['a header that is neither long nor wide', ['time,tag,XMEAS_01'], 'VALIDATION_FAILED', 'header'],
    ['an unknown tag in the header', ['time,XMEAS_99'], 'TAG_NOT_FOUND', 'header'],
    ['a field too many', ['time,XMEAS_01', `${T},1,2`], 'VALIDATION_FAILED', ''],
    ['NaN', ['time,XMEAS_01', `${T},NaN`], 'SAMPLE_INVALID', 'XMEAS_01'],
    ['infinity', ['time,XMEAS_01', `${T},-Infinity`], 'SAMPLE_INVALID', 'XMEAS_01'],
    ['a hexadecimal number', ['time,XMEAS_01', `${T},0x1F`], 'SAMPLE_INVALID', 'XMEAS_01'],
    ['no value', ['tag,time,value', `XMEAS_01,${T},`], 'SAMPLE_INVALID', 'value'],
    ['an unknown tag', ['tag,time,value', `XMEAS_99,${T},1`], 'TAG_NOT_FOUND', 'tag'],
  ])('is refused when it has %s', (_what, lines, code, field) => {
    expect(() => read(...lines)).toThrow(expect.objectContaining({ code, field }));
  });
});

it('is quoted in a refusal without breaking its lines or filling them', () => {
  expect(quoted('a\nb')).toBe('"a\\nb"');
  expect([quoted(undefined), quoted(7), quoted({ a: 1 })]).toEqual(['nothing', '7', '{"a":1}']);
  expect(quoted('x'.repeat(60))).toBe(`"${'x'.repeat(60)}"`);
  expect(quoted('x'.repeat(61))).toBe(`"${'x'.repeat(60)}…"`);
});

describe('columns of samples', () => {
  it('are sorted, and the last of several samples with the same time stays', () => {
    const points = [
      [5, 50],
      [3, 30],
      [5, 51],
      [4, 40],
      [3, 31],
    ].map(([time, value]) => ({ tagId: 1, ts: time, value }));
    expect(columnsOfPoints(points)).toEqual([
      { tagId: 1, ts: [3, 4, 5], values: [31, 40, 51], qualities: [0, 0, 0] },
    ]);
  });

  it('keep the quality of a sample with it', () => {
    const points = [
      { tagId: 1, ts: 5, value: 50, quality: 2 },
      { tagId: 2, ts: 9, value: 90 },
      { tagId: 1, ts: 3, value: 30, quality: 1 },
    ];
    expect(columnsOfPoints(points)).toEqual([
      { tagId: 1, ts: [3, 5], values: [30, 50], qualities: [1, 2] },
      { tagId: 2, ts: [9], values: [90], qualities: [0] },
    ]);
  });

  it('are those of several collections, the later ones the last to come', () => {
    const [earlier, later] = [new SampleCollection(), new SampleCollection()];
    earlier.add(1, 5, 50);
    earlier.add(2, 1, 10, 2);
    later.add(1, 4, 40);
    later.add(1, 5, 51, 1);
    later.add(3, 7, 70);
    expect([earlier.size, later.size]).toEqual([2, 3]);
    expect(SampleCollection.columns([earlier, later])).toEqual([
      { tagId: 1, ts: [4, 5], values: [40, 51], qualities: [0, 1] },
      { tagId: 2, ts: [1], values: [10], qualities: [2] },
      { tagId: 3, ts: [7], values: [70], qualities: [0] },
    ]);
  });

  it('of records leave out missing values and tags without any', () => {
    const records = [
      { ts: 2, values: Float64Array.of(1, NaN, NaN) },
      { ts: 1, values: Float64Array.of(0, 5, NaN) },
    ];
    expect(columnsOfRecords([7, 8, 9], records)).toEqual([
      { tagId: 7, ts: [1, 2], values: [0, 1], qualities: [0, 0] },
      { tagId: 8, ts: [1], values: [5], qualities: [0] },
    ]);
  });
});
