import { Readable } from 'node:stream';
import { describe, expect, it } from '#jest';
import { openPlantStream } from './open-plant-file.js';
import { PlantFileError } from './plant-file.js';
import type {
  MalformedLine,
  PlantFile,
  PlantFileOptions,
  PlantPoint,
  PlantRun,
  PlantSample,
} from './plant-file.js';
import { plantPoints } from './plant-points.js';
import { DETECTOR_TAGS, TAGS } from '../catalogue/tags.js';

/** A file arriving in chunks of a few bytes, cut anywhere. */
async function* bytesOf(text: string, chunkBytes = 7): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let i = 0; i < bytes.length; i += chunkBytes) yield Promise.resolve(bytes.subarray(i, i + chunkBytes));
}

const open = (text: string, name: string, options: PlantFileOptions = {}) =>
  openPlantStream(bytesOf(text), name, options);

async function samplesOf(file: PlantFile): Promise<(PlantSample & { run: PlantRun })[]> {
  const all: (PlantSample & { run: PlantRun })[] = [];
  for await (const batch of file.batches) {
    if (batch.kind !== 'samples') throw new Error('points where samples are expected');
    all.push(...batch.samples.map((sample) => ({ ...sample, run: batch.run })));
  }
  return all;
}

async function pointsOf(file: PlantFile): Promise<PlantPoint[]> {
  const all: PlantPoint[] = [];
  for await (const batch of file.batches) {
    if (batch.kind !== 'points') throw new Error('samples where points are expected');
    all.push(...batch.points);
  }
  return all;
}

async function complaintOf(attempt: Promise<unknown>): Promise<PlantFileError> {
  const error = await attempt.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof PlantFileError) return error;
  throw new Error(`no PlantFileError but ${String(error)}`);
}

/** The base case, but for an A feed (XMEAS_01) of 0.25 kscmh and that many thousandths. */
const sampleOf = (thousandths: number, count = 52): number[] =>
  TAGS.slice(0, count).map(({ baseValue }, i) => (i === 0 ? 0.25 + thousandths / 1000 : baseValue));
/** The same as a line of the public layout. */
const datLine = (thousandths: number, count = 52) =>
  sampleOf(thousandths, count)
    .map((value) => `   ${value.toExponential(4)}`)
    .join('');
/** A line of a turned file: its variable at the base case, in three samples. */
const variableLine = (variable: number) =>
  [0, 1, 2].map((thousandths) => sampleOf(thousandths)[variable]).join(' ');

describe('a Braatz file', () => {
  it('is read a sample a line, in the order of the tags', async () => {
    const file = await open(`${datLine(1)}\n${datLine(2)}\r\n\n${datLine(3)}`, 'd05_te.dat');
    expect(file.format).toBe('braatz');
    expect(file.codes).toEqual(DETECTOR_TAGS);
    const samples = await samplesOf(file);
    expect(samples.map((s) => [s.index, s.line, s.timeMs, s.values[0], s.values[51]])).toEqual([
      [0, 1, null, 0.251, 18.113],
      [1, 2, null, 0.252, 18.113],
      [2, 4, null, 0.253, 18.113],
    ]);
    expect(samples[0].run).toEqual({ key: 'd05_te', fault: 5, simulationRun: null, faultOnsetIndex: 160 });
    expect(file.report.records).toBe(3);
  });

  it('knows fault and onset from its name', async () => {
    const runOf = async (name: string) => (await samplesOf(await open(datLine(1), name)))[0].run;
    expect(await runOf('d03.dat')).toMatchObject({ key: 'd03', fault: 3, faultOnsetIndex: 0 });
    expect(await runOf('d00_te.dat')).toMatchObject({ key: 'd00_te', fault: 0, faultOnsetIndex: null });
    expect(await runOf('shift-7.dat')).toMatchObject({ key: 'shift-7', fault: null, faultOnsetIndex: null });
  });

  it('may have the agitator speed as its 53rd number', async () => {
    const file = await open(datLine(1, 53), 'full.dat');
    expect(file.codes.at(-1)).toBe('XMV_12');
    expect((await samplesOf(file))[0].values).toHaveLength(53);
  });

  it('is turned when it holds a variable a line', async () => {
    const lines = DETECTOR_TAGS.map((_, variable) => variableLine(variable));
    const file = await open(lines.join('\n'), 'd00.dat');
    expect(file.format).toBe('braatz_transposed');
    const samples = await samplesOf(file);
    expect(samples).toHaveLength(3);
    expect(samples[1].values[0]).toBe(0.251);
    expect(samples[1].values[51]).toBe(18.11349055);
    expect(samples[2]).toMatchObject({ index: 2, line: null });
  });

  it('is refused when the variables are not 52', async () => {
    const few = await open('1 2 3\n4 5 6\n', 'd00.dat');
    expect((await complaintOf(samplesOf(few))).reason).toMatch(
      /^there are 2 lines and no names, where 52 tags/,
    );
    const many = await open(Array.from({ length: 90 }, () => '1 2 3').join('\n'), 'd00.dat');
    expect((await complaintOf(samplesOf(many))).reason).toMatch(
      /^there are 65 lines and no names, where 52 tags/,
    );
  });

  it('stops at the first malformed line, naming it', async () => {
    const file = await open(`${datLine(1)}\n${datLine(2, 51)}\n${datLine(3)}\n`, 'd01.dat');
    const error = await complaintOf(samplesOf(file));
    expect(error).toMatchObject({ code: 'PLANT_FILE_MALFORMED', file: 'd01.dat', line: 2 });
    expect(error.message).toBe('d01.dat, line 2: 51 fields where 52 are expected');
  });

  it('skips malformed lines and cells when told to, keeps everything else and reports each', async () => {
    const seen: MalformedLine[] = [];
    const text = [datLine(1), '1 2 3', datLine(3).replace('2.6902e+1', '26,9'), datLine(4)].join('\n');
    const file = await open(text, 'd01.dat', { skipBad: true, onMalformed: (line) => seen.push(line) });
    const samples = await samplesOf(file);
    expect(samples.map((s) => s.index)).toEqual([0, 2, 3]);
    expect([...samples[1].values.subarray(3, 6)]).toEqual([9.3477, NaN, 42.339]);
    expect(seen).toEqual([
      { file: 'd01.dat', line: 2, reason: '3 fields where 52 are expected' },
      { file: 'd01.dat', line: 3, reason: 'field 5 is no number: "26,9"' },
    ]);
    expect(file.report).toMatchObject({ records: 3, malformed: 1, malformedCells: 1, complaints: seen });
  });

  it('leaves a variable without values when its line of a turned file is skipped', async () => {
    const lines = DETECTOR_TAGS.map((_, variable) => (variable === 9 ? '1 2' : variableLine(variable)));
    const file = await open(lines.join('\n'), 'd00.dat', { skipBad: true });
    const samples = await samplesOf(file);
    expect(samples[0].values[9]).toBeNaN();
    expect(samples[0].values[10]).toBe(80.109402259);
    expect(file.report.malformed).toBe(1);
  });

  it('reads the exponents of Fortran, and commas or tabs between the numbers', async () => {
    const fortran = datLine(1).replaceAll('e', 'D');
    expect((await samplesOf(await open(fortran, 'x.dat')))[0].values[1]).toBe(3664);
    const tabs = sampleOf(1).join('\t');
    expect([...(await samplesOf(await open(tabs, 'x.tsv')))[0].values]).toEqual(sampleOf(1));
    const commas = sampleOf(1).join(';').replaceAll('.', ',');
    const european = await open(commas, 'x.csv', { decimal: ',' });
    expect([...(await samplesOf(european))[0].values]).toEqual(sampleOf(1));
  });
});

describe('a Rieth file', () => {
  const header = 'faultNumber,simulationRun,sample,xmeas_1,xmeas_41,xmv_11';

  it('is read run by run', async () => {
    const text = `${header}\n0,1,1,0.25,43.8,18.1\n0,1,2,0.26,43.9,18.2\n0,2,1,0.27,44,18.3\n4,1,1,0.28,44.1,18.4\n`;
    const file = await open(text, 'tep_test.csv');
    expect(file.format).toBe('rieth');
    expect(file.codes).toEqual(['XMEAS_01', 'XMEAS_41', 'XMV_11']);
    const batches: { run: PlantRun; indexes: number[] }[] = [];
    for await (const batch of file.batches)
      if (batch.kind === 'samples')
        batches.push({ run: batch.run, indexes: batch.samples.map((s) => s.index) });
    expect(batches).toEqual([
      { run: { key: 'fault00-run001', fault: 0, simulationRun: 1, faultOnsetIndex: null }, indexes: [0, 1] },
      { run: { key: 'fault00-run002', fault: 0, simulationRun: 2, faultOnsetIndex: null }, indexes: [0] },
      { run: { key: 'fault04-run001', fault: 4, simulationRun: 1, faultOnsetIndex: 160 }, indexes: [0] },
    ]);
  });

  it('may come quoted, with a row number in front, a byte order mark and another order of columns', async () => {
    const text = '\uFEFF"","sample","faultNumber","simulationRun","xmeas_2"\n"1",7,3,2,3664.5\n';
    const file = await open(text, 'training.csv');
    expect(file.ignoredColumns).toEqual(['']);
    const [sample] = await samplesOf(file);
    expect(sample).toMatchObject({ index: 6, run: { fault: 3, simulationRun: 2, faultOnsetIndex: 20 } });
    expect(sample.values[0]).toBe(3664.5);
  });

  it('may have blanks or lines between the words of its header', async () => {
    const file = await open('fault_number;Simulation Run;SAMPLE;xmeas_1\n2;1;1;0.25\n', 'x.csv');
    expect(file.format).toBe('rieth');
    expect((await samplesOf(file))[0].run.fault).toBe(2);
  });

  it.each([
    ['0,1,1,0.25,43.8', '5 fields where 6 are expected'],
    ['x,1,1,0.25,43.8,18', 'no fault number: "x"'],
    ['99,1,1,0.25,43.8,18', 'no fault number: "99"'],
    ['0,1.5,1,0.25,43.8,18', 'no simulation run: "1.5"'],
    ['0,1,0,0.25,43.8,18', 'no sample number: "0"'],
    ['0,1,10000001,0.25,43.8,18', 'no sample number: "10000001"'],
    ['0,1,1,"0.25,43.8,18', 'quotes do not match'],
  ])('reports the malformed line %s', async (line, reason) => {
    const file = await open(`${header}\n${line}\n0,1,2,0.25,,18\n`, 'tep_test.csv', { skipBad: true });
    const samples = await samplesOf(file);
    expect(file.report.complaints).toEqual([{ file: 'tep_test.csv', line: 2, reason }]);
    expect(samples).toHaveLength(1);
    expect(samples[0].values[1]).toBeNaN();
  });

  it.each(['0x1f', 'Infinity', '1e999', '4,5'])('reports the malformed cell %s', async (cell) => {
    const text = `${header}\n0,1,1,0.25,"${cell}",18\n`;
    expect((await complaintOf(samplesOf(await open(text, 'x.csv')))).message).toBe(
      `x.csv, line 2: field 5 is no number: "${cell}"`,
    );
    const file = await open(text, 'x.csv', { skipBad: true });
    expect([...(await samplesOf(file))[0].values]).toEqual([0.25, NaN, 18]);
    expect(file.report).toMatchObject({ malformed: 0, malformedCells: 1, missing: 0 });
  });
});

describe('a wide CSV file', () => {
  it('takes tags by code, by common spellings and by name', async () => {
    const header = 'Timestamp;XMEAS_07;xmeas(8);xmv 3;Reactor temperature;교반기 속도;operator';
    const file = await open(`${header}\n2024-03-01T00:00:00Z;2705;75.1;24.6;120.4;50;Kim\n`, 'history.csv');
    expect(file.format).toBe('wide');
    expect(file.codes).toEqual(['XMEAS_07', 'XMEAS_08', 'XMV_03', 'XMEAS_09', 'XMV_12']);
    expect(file.ignoredColumns).toEqual(['operator']);
    const [sample] = await samplesOf(file);
    expect(sample.timeMs).toBe(Date.UTC(2024, 2, 1));
    expect([...sample.values]).toEqual([2705, 75.1, 24.6, 120.4, 50]);
    expect(sample.run.key).toBe('history');
  });

  it.each([
    ['2024-03-01 00:03', Date.UTC(2024, 2, 1, 0, 3)],
    ['2024-03-01T09:00:00.250+09:00', Date.UTC(2024, 2, 1) + 250],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
    ['1709251200', Date.UTC(2024, 2, 1)],
    ['1709251200000', Date.UTC(2024, 2, 1)],
    ['20240301', Date.UTC(2024, 2, 1)],
    ['202403010903', Date.UTC(2024, 2, 1, 9, 3)],
    ['20240301090312', Date.UTC(2024, 2, 1, 9, 3, 12)],
    ['20240301T090312+09', Date.UTC(2024, 2, 1, 0, 3, 12)],
  ])('reads the time %s', async (time, expected) => {
    const [sample] = await samplesOf(await open(`time,XMEAS_01\n${time},1\n`, 'x.csv'));
    expect(sample.timeMs).toBe(expected);
  });

  it.each(['2023-02-29', '2024-13-01', '24:00', '2024-03-01T25:00Z', '3', '', '20241301', '202413010000'])(
    'refuses the time %s',
    async (time) => {
      const error = await complaintOf(samplesOf(await open(`time,XMEAS_01\n${time},1\n`, 'x.csv')));
      expect(error).toMatchObject({ line: 2, reason: `no time: ${JSON.stringify(time)}` });
    },
  );

  it.each([
    ['1969-12-31', 'no time of a plant sample: "1969-12-31"'],
    ['9999999999999', 'no time of a plant sample: "9999999999999"'],
    ['99999999999999', 'no time of a plant sample: "99999999999999"'],
    [
      '2026112009',
      '"2026112009" may be a date with its hour or seconds since 1970; write it with separators',
    ],
  ])('refuses the time %s, which cannot be one or may be two', async (time, reason) => {
    const error = await complaintOf(samplesOf(await open(`time,XMEAS_01\n${time},1\n`, 'x.csv')));
    expect(error).toMatchObject({ line: 2, reason });
  });

  it('tells missing values from zeros, and counts them', async () => {
    const file = await open('time,XMEAS_01,XMEAS_02,XMEAS_03,XMEAS_04\n2024-03-01,0, ,NaN,NA\n', 'x.csv');
    expect([...(await samplesOf(file))[0].values]).toEqual([0, NaN, NaN, NaN]);
    expect(file.report.missing).toBe(3);
  });

  it('takes other things for missing values when told to', async () => {
    const text = 'time,XMEAS_01,XMEAS_02,XMEAS_03,XMEAS_04\n2024-03-01,-999,-999.0,bad,-99\n';
    const file = await open(text, 'x.csv', { missing: ['-999', 'Bad'] });
    expect([...(await samplesOf(file))[0].values]).toEqual([NaN, NaN, NaN, -99]);
  });

  it('understands the unit behind a tag', async () => {
    const header = 'time,XMEAS_07 (kPa),XMEAS(9) [degC],Product\\, G';
    const file = await open(
      `${header.replace('Product\\, G', '"Product, G [mol %]"')}\n2024-03-01,2705,120.4,53.7\n`,
      'x.csv',
    );
    expect(file.codes).toEqual(['XMEAS_07', 'XMEAS_09', 'XMEAS_40']);
  });

  it('tells a comma in a name from one between names', async () => {
    const file = await open('time;Reactor feed, A;Purge gas, A\n2024-03-01;32,1;33\n', 'x.csv', {
      decimal: ',',
    });
    expect(file.codes).toEqual(['XMEAS_23', 'XMEAS_29']);
    expect([...(await samplesOf(file))[0].values]).toEqual([32.1, 33]);
  });

  it('has numbered samples when it has tags and nothing else', async () => {
    const samples = await samplesOf(await open('XMEAS_02,XMEAS_01\n1,2\n3,4\n', 'x.csv'));
    expect(samples.map(({ index, timeMs, values }) => [index, timeMs, ...values])).toEqual([
      [0, null, 1, 2],
      [1, null, 3, 4],
    ]);
  });
});

describe('a long CSV file', () => {
  it('is read a value a line', async () => {
    const text = [
      'time,tag,value,quality',
      '2024-03-01T00:03:00Z,XMEAS_07,2705.1,good',
      '2024-03-01T00:00:00Z,xmv_3,24.6,good',
      '2024-03-01T00:06:00Z,XMEAS_07,,bad',
    ].join('\n');
    const file = await open(text, 'export.csv');
    expect(file.format).toBe('long');
    expect(await pointsOf(file)).toEqual([
      { line: 2, code: 'XMEAS_07', timeMs: Date.UTC(2024, 2, 1, 0, 3), value: 2705.1 },
      { line: 3, code: 'XMV_03', timeMs: Date.UTC(2024, 2, 1), value: 24.6 },
    ]);
  });

  it('reports unknown tags, times and values', async () => {
    const text = 'tag\ttime\tvalue\nXMEAS_42\t2024-03-01\t1\nXMEAS_01\tsoon\t1\nXMEAS_01\t2024-03-01\thigh\n';
    const file = await open(text, 'export.tsv', { skipBad: true });
    expect(await pointsOf(file)).toEqual([]);
    expect(file.report.complaints.map(({ line, reason }) => [line, reason])).toEqual([
      [2, 'no tag of the plant: "XMEAS_42"'],
      [3, 'no time: "soon"'],
      [4, 'value is no number: "high"'],
    ]);
  });
});

describe('any plant file', () => {
  it.each([
    ['', 'the file is empty'],
    ['\n\n', 'no line can be read'],
    ['hello world\n', 'no column of a time, a tag or a value among "hello world"'],
    [
      '2024-03-01,0.25,3664\n',
      'no header: the first line holds values, "2024-03-01", "0.25", "3664"; put a line with the names of the columns before it',
    ],
    [
      'XMEAS_01,2024-03-01,0.25\n',
      'no header: the first line holds values, "XMEAS_01", "2024-03-01", "0.25"; put a line with the names of the columns before it',
    ],
    ['Datum,XMEAS_01\n', 'no time column among "Datum", "XMEAS_01"'],
    ['time,XMEAS_07 (bar)\n', 'column 2, "XMEAS_07 (bar)", is not in kPa gauge, the unit of XMEAS_07'],
    ['time,foo\n2024-03-01,1\n', 'no column of a tag among "time", "foo"'],
    ['time,XMEAS_1,xmeas(1)\n', 'two columns for XMEAS_01'],
    ['time,"XMEAS_1\n', 'the quotes of the header do not match'],
    ['t\0i\0m\0e\0\n', 'not text in UTF-8'],
  ])('is refused when it is %j', async (text, reason) => {
    const error = await complaintOf(open(text, 'mystery.csv'));
    expect(error).toMatchObject({ code: 'PLANT_FILE_UNRECOGNISED', line: null, reason });
  });

  // 시간, "time", is BD C3 B0 A3 in EUC-KR
  const korean = Uint8Array.from([
    ...Buffer.from('tag,value,'),
    ...[0xbd, 0xc3, 0xb0, 0xa3],
    ...Buffer.from('\nXMEAS_01,1,2024-03-01\n'),
  ]);
  const inChunks = (bytes: Uint8Array, size: number) =>
    Readable.from(
      Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      ),
    );

  it.each([1, 3, 1000])('is refused when it is not in UTF-8, in chunks of %d', async (size) => {
    const error = await complaintOf(openPlantStream(inChunks(korean, size), 'x.csv'));
    expect(error).toMatchObject({ line: 1, reason: 'not text in UTF-8; name its encoding with --encoding' });
    const late = Uint8Array.from([
      ...Buffer.from('time,XMEAS_01\n2024-03-01,1\n2024-03-02,2 '),
      0xff,
      0x0a,
      0x31,
    ]);
    const open = openPlantStream(inChunks(late, size), 'x.csv').then((file) => samplesOf(file));
    expect(await complaintOf(open)).toMatchObject({ code: 'PLANT_FILE_UNRECOGNISED', line: 3 });
  });

  it('is read in another encoding when told to', async () => {
    const file = await openPlantStream(inChunks(korean, 3), 'x.csv', { encoding: 'euc-kr' });
    expect(await pointsOf(file)).toEqual([
      { line: 2, code: 'XMEAS_01', timeMs: Date.UTC(2024, 2, 1), value: 1 },
    ]);
    const broken = Uint8Array.from([...korean, 0xff, 0xff]);
    const attempt = openPlantStream(inChunks(broken, 3), 'x.csv', { encoding: 'euc-kr' });
    expect(await complaintOf(attempt.then(pointsOf))).toMatchObject({
      line: 3,
      reason: expect.stringMatching(/^not text in euc-kr/),
    });
  });

  it('has times of the zone that is named, but for those with an offset', async () => {
    const timeOf = async (time: string, timeZone: string) => {
      const samples = await samplesOf(await open(`time,XMEAS_01\n${time},1\n`, 'x.csv', { timeZone }));
      return new Date(samples[0].timeMs ?? NaN).toISOString();
    };
    expect(await timeOf('2026-03-01 09:00', 'Asia/Seoul')).toBe('2026-03-01T00:00:00.000Z');
    expect(await timeOf('2026-03-01T09:00Z', 'Asia/Seoul')).toBe('2026-03-01T09:00:00.000Z');
    // Central European summer time begins on 29 March 2026 at 02:00 and ends on 25 October at 03:00.
    expect(await timeOf('2026-03-29 01:59:59', 'Europe/Berlin')).toBe('2026-03-29T00:59:59.000Z');
    expect(await timeOf('2026-03-29 03:00', 'Europe/Berlin')).toBe('2026-03-29T01:00:00.000Z');
    expect(await timeOf('2026-10-25 03:00', 'Europe/Berlin')).toBe('2026-10-25T02:00:00.000Z');
    expect((await complaintOf(timeOf('2026-03-29 02:30', 'Europe/Berlin'))).message).toBe(
      'x.csv, line 2: "2026-03-29 02:30": clocks in Europe/Berlin skip that time, they are set forward',
    );
    expect((await complaintOf(timeOf('2026-10-25 02:30', 'Europe/Berlin'))).message).toBe(
      'x.csv, line 2: clocks in Europe/Berlin show this hour twice, and the file once; write its times with their offset',
    );
  });

  describe('with an hour that clocks show twice', () => {
    // In New York the hour from 01:00 of 1 November 2026 begins at 05:00 and again at 06:00 UTC.
    const timeZone = 'America/New_York';
    const [from, to] = [Date.UTC(2026, 10, 1, 4), Date.UTC(2026, 10, 1, 8)];
    const every = (minutes: number) =>
      Array.from({ length: (to - from) / 60_000 / minutes }, (_, i) => from + i * minutes * 60_000);
    const shown = (ms: number) => new Date(ms).toLocaleString('sv-SE', { timeZone });
    const wide = (times: readonly number[]) =>
      `time,XMEAS_01\n${times.map((ms) => `${shown(ms)},1`).join('\n')}\n`;
    const read = async (text: string) => samplesOf(await open(text, 'x.csv', { timeZone }));

    it.each([3, 20, 30])(
      'tells the first from the second by their order, every %d minutes',
      async (minutes) => {
        expect((await read(wide(every(minutes)))).map(({ timeMs }) => timeMs)).toEqual(every(minutes));
        const later = every(minutes).filter((ms) => ms >= from + 4_200_000);
        expect((await read(wide(later))).map(({ timeMs }) => timeMs)).toEqual(later);
      },
    );

    it('tells them for every tag, in whatever order the tags come', async () => {
      const lineOf = (ms: number, tag: string) => `${tag},${shown(ms)},1`;
      const tags = ['XMEAS_01', 'XMEAS_02'];
      const byTag = tags.flatMap((tag) => every(3).map((ms) => lineOf(ms, tag)));
      const byTime = every(3).flatMap((ms) => tags.map((tag) => lineOf(ms, tag)));
      for (const lines of [byTag, byTime]) {
        const file = await open(['tag,time,value', ...lines].join('\n'), 'x.csv', { timeZone });
        for (const tag of tags) {
          const points = (
            await pointsOf(await open(['tag,time,value', ...lines].join('\n'), 'x.csv', { timeZone }))
          )
            .filter(({ code }) => code === tag)
            .map(({ timeMs }) => timeMs);
          expect(points).toEqual(every(3));
        }
        await file.close();
      }
    });

    it.each([
      [
        'the file shows it once',
        every(3).filter((ms) => ms < from + 3_600_000 || ms >= from + 7_200_000),
        22,
      ],
      ['the file ends in it', every(3).filter((ms) => ms < from + 5_400_000), 22],
      ['times descend', every(3).toReversed(), 22],
      ['times are not quite in order', every(3).map((ms, i, all) => all[i ^ 1] ?? ms), 23],
      ['samples are an hour apart', every(60), 4],
    ])('is refused when %s', async (_what, times, line) => {
      expect(await complaintOf(read(wide(times)))).toMatchObject({ line });
    });
  });

  it('never holds a line longer than allowed', async () => {
    const text = `time,XMEAS_01\n2024-03-01,${'1'.repeat(5000)}\n2024-03-02,2\n`;
    const file = await open(text, 'x.csv', { skipBad: true, maxLineLength: 100 });
    expect((await samplesOf(file)).map((s) => s.values[0])).toEqual([2]);
    expect(file.report.complaints).toEqual([{ file: 'x.csv', line: 2, reason: 'line too long' }]);
  });

  it('keeps the first hundred complaints and counts all', async () => {
    const text = `time,XMEAS_01\n${'soon,1\n'.repeat(150)}2024-03-01,1\n`;
    const file = await open(text, 'x.csv', { skipBad: true });
    await samplesOf(file);
    expect(file.report.malformed).toBe(150);
    expect(file.report.complaints).toHaveLength(100);
  });

  it('comes in batches of the size asked for', async () => {
    const lines = Array.from({ length: 7 }, (_, i) => `2024-03-0${i + 1},${i}`);
    const file = await open(`time,XMEAS_01\n${lines.join('\n')}\n`, 'x.csv', { batchSize: 3 });
    const sizes: number[] = [];
    for await (const batch of file.batches) if (batch.kind === 'samples') sizes.push(batch.samples.length);
    expect(sizes).toEqual([3, 3, 1]);
  });

  it('releases its source when closed before the end', async () => {
    let released = false;
    async function* source() {
      try {
        for (;;) yield* bytesOf('time,XMEAS_01\n2024-03-01,1\n'.repeat(9));
      } finally {
        released = true;
      }
    }
    const file = await openPlantStream(source(), 'x.csv');
    expect(released).toBe(false);
    await file.close();
    expect(released).toBe(true);
  });

  it('becomes points in time by the clock of its run', async () => {
    const text = 'faultNumber,simulationRun,sample,xmeas_1,xmeas_2\n0,1,1,0.25,\n0,1,3,0.26,3664\n';
    const all = [];
    for await (const { points } of plantPoints(await open(text, 'x.csv'), { startMs: () => 1_000_000 }))
      all.push(...points);
    expect(all).toEqual([
      { code: 'XMEAS_01', timeMs: 1_000_000, value: 0.25 },
      { code: 'XMEAS_01', timeMs: 1_360_000, value: 0.26 },
      { code: 'XMEAS_02', timeMs: 1_360_000, value: 3664 },
    ]);
  });
});
