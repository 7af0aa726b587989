import { describe, expect, it } from '@jest/globals';
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
import { DETECTOR_TAGS } from '../catalogue/tags.js';

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

/** A line of the public layout whose n-th number is start + n/100. */
const datLine = (start: number, count = 52) =>
  Array.from({ length: count }, (_, n) => `   ${(start + n / 100).toExponential(4)}`).join('');

describe('a Braatz file', () => {
  it('is read a sample a line, in the order of the tags', async () => {
    const file = await open(`${datLine(1)}\n${datLine(2)}\r\n\n${datLine(3)}`, 'd05_te.dat');
    expect(file.format).toBe('braatz');
    expect(file.codes).toEqual(DETECTOR_TAGS);
    const samples = await samplesOf(file);
    expect(samples.map((s) => [s.index, s.line, s.timeMs, s.values[0], s.values[51]])).toEqual([
      [0, 1, null, 1, 1.51],
      [1, 2, null, 2, 2.51],
      [2, 4, null, 3, 3.51],
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
    const lines = Array.from({ length: 52 }, (_, variable) => `${variable}.1 ${variable}.2 ${variable}.3`);
    const file = await open(lines.join('\n'), 'd00.dat');
    expect(file.format).toBe('braatz_transposed');
    const samples = await samplesOf(file);
    expect(samples).toHaveLength(3);
    expect(samples[1].values[0]).toBe(0.2);
    expect(samples[1].values[51]).toBe(51.2);
    expect(samples[2]).toMatchObject({ index: 2, line: null });
  });

  it('is refused when the variables are not 52', async () => {
    const few = await open('1 2 3\n4 5 6\n', 'd00.dat');
    expect((await complaintOf(samplesOf(few))).reason).toBe(
      'only 2 lines of variables where 52 are expected',
    );
    const many = await open(Array.from({ length: 60 }, () => '1 2 3').join('\n'), 'd00.dat');
    expect((await complaintOf(samplesOf(many))).reason).toBe('more lines of variables where 52 are expected');
  });

  it('stops at the first malformed line, naming it', async () => {
    const file = await open(`${datLine(1)}\n${datLine(2, 51)}\n${datLine(3)}\n`, 'd01.dat');
    const error = await complaintOf(samplesOf(file));
    expect(error).toMatchObject({ code: 'PLANT_FILE_MALFORMED', file: 'd01.dat', line: 2 });
    expect(error.message).toBe('d01.dat, line 2: 51 values where 52 are expected');
  });

  it('skips malformed lines when told to, keeps the time of the others and reports each', async () => {
    const seen: MalformedLine[] = [];
    const text = [datLine(1), datLine(2).replace('2.0500e+0', '2,05'), datLine(3)].join('\n');
    const file = await open(text, 'd01.dat', { skipBad: true, onMalformed: (line) => seen.push(line) });
    expect((await samplesOf(file)).map((s) => s.index)).toEqual([0, 2]);
    expect(seen).toEqual([{ file: 'd01.dat', line: 2, reason: 'value 6 is no number: "2,05"' }]);
    expect(file.report).toMatchObject({ records: 2, malformed: 1, complaints: seen });
  });

  it('leaves a variable without values when its line of a turned file is skipped', async () => {
    const lines = Array.from({ length: 52 }, (_, variable) => (variable === 9 ? '1 x 3' : '1 2 3'));
    const file = await open(lines.join('\n'), 'd00.dat', { skipBad: true });
    const samples = await samplesOf(file);
    expect(samples[0].values[9]).toBeNaN();
    expect(samples[0].values[10]).toBe(1);
    expect(file.report.malformed).toBe(1);
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

  it.each([
    ['0,1,1,0.25,43.8', '5 fields where 6 are expected'],
    ['x,1,1,0.25,43.8,18', 'no fault number: "x"'],
    ['99,1,1,0.25,43.8,18', 'no fault number: "99"'],
    ['0,1.5,1,0.25,43.8,18', 'no simulation run: "1.5"'],
    ['0,1,0,0.25,43.8,18', 'no sample number: "0"'],
    ['0,1,1,0.25,0x1f,18', 'field 5 is no number: "0x1f"'],
    ['0,1,1,0.25,Infinity,18', 'field 5 is no number: "Infinity"'],
    ['0,1,1,"0.25,43.8,18', 'quotes do not match'],
  ])('reports the malformed line %s', async (line, reason) => {
    const file = await open(`${header}\n${line}\n0,1,2,0.25,,18\n`, 'tep_test.csv', { skipBad: true });
    const samples = await samplesOf(file);
    expect(file.report.complaints).toEqual([{ file: 'tep_test.csv', line: 2, reason }]);
    expect(samples).toHaveLength(1);
    expect(samples[0].values[1]).toBeNaN();
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
  ])('reads the time %s', async (time, expected) => {
    const [sample] = await samplesOf(await open(`time,XMEAS_01\n${time},1\n`, 'x.csv'));
    expect(sample.timeMs).toBe(expected);
  });

  it.each(['2023-02-29', '2024-13-01', '24:00', '2024-03-01T25:00Z', '3', ''])(
    'refuses the time %s',
    async (time) => {
      const error = await complaintOf(samplesOf(await open(`time,XMEAS_01\n${time},1\n`, 'x.csv')));
      expect(error).toMatchObject({ line: 2, reason: `no time: ${JSON.stringify(time)}` });
    },
  );

  it('tells missing values from zeros', async () => {
    const file = await open('time,XMEAS_01,XMEAS_02,XMEAS_03,XMEAS_04\n2024-03-01,0, ,NaN,NA\n', 'x.csv');
    expect([...(await samplesOf(file))[0].values]).toEqual([0, NaN, NaN, NaN]);
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
    ['hello world\n', 'no time column among "hello world"'],
    ['time,foo\n2024-03-01,1\n', 'no column of a tag among "time", "foo"'],
    ['time,XMEAS_1,xmeas(1)\n', 'two columns for XMEAS_01'],
    ['time,"XMEAS_1\n', 'the quotes of the header do not match'],
    ['t\0i\0m\0e\0\n', 'not text in UTF-8'],
  ])('is refused when it is %j', async (text, reason) => {
    const error = await complaintOf(open(text, 'mystery.csv'));
    expect(error).toMatchObject({ code: 'PLANT_FILE_UNRECOGNISED', line: null, reason });
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
