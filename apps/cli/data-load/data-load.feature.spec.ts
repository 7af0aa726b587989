import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '#jest';
import { PlantRegistration } from '#equipment';
import { LotHttpModule, LotService } from '#lot';
import { PlantModule } from '#plant';
import { PlantSettings } from '#plant/settings';
import { Database, ProcessClock } from '#platform';
import { DETECTOR_TAGS, TAGS } from '#tep';
import { describeOnBothProfiles, FeatureApp } from '#testing';
import {
  QUALITIES,
  SampleFeed,
  SampleWriter,
  SeriesReader,
  TagDirectory,
  TimeseriesModule,
} from '#timeseries';
import { remarksOn } from './load-remarks.js';
import { type LoadOptions, PlantFileLoader } from './plant-file-loader.js';

const HOUR_MS = 3_600_000;
const INTERVAL_MS = 180_000;
const now = Date.UTC(2026, 2, 10, 12);
const iso = (ts: number): string => new Date(ts).toISOString();

describeOnBothProfiles('loading files', (profile) => {
  let app: FeatureApp;
  let folder: string;
  let tagIds: number[];

  beforeAll(async () => {
    app = await FeatureApp.start({
      profile,
      imports: [LotHttpModule, PlantModule, TimeseriesModule],
      variables: { PLANT_HISTORY_HOURS: '0' },
    });
    await app.get(ProcessClock).set({ timeMs: now, wallMs: Date.now(), rate: 0 });
    await app.get(PlantRegistration).register();
    tagIds = await app.get(TagDirectory).plantTagIds();
    folder = await mkdtemp(join(tmpdir(), 'data-load-'));
  });

  afterAll(async () => {
    await app.stop();
    await rm(folder, { recursive: true });
  });

  beforeEach(async () => {
    for (const table of ['timeseries_sample', 'timeseries_rollup', 'lot'])
      await app.get(Database).query(`DELETE FROM ${table}`);
  });

  const load = async (name: string, lines: string[], options: LoadOptions = {}) => {
    const path = join(folder, name);
    await writeFile(path, lines.join('\n'));
    return new PlantFileLoader(app).load(path, options);
  };
  /** Lines of a Braatz file at the base case, but for the first value of row r, 0.25 + r / 10 000. */
  const dat = (rows: number): string[] =>
    Array.from({ length: rows }, (_, r) =>
      TAGS.slice(0, DETECTOR_TAGS.length)
        .map(({ baseValue }, c) => (c === 0 ? (0.25 + r / 10_000).toFixed(4) : baseValue.toPrecision(5)))
        .join('  '),
    );
  const count = (): Promise<number> => app.get(SeriesReader).count(tagIds, 0, now + HOUR_MS);
  const lotCount = async (): Promise<number> => (await app.get(LotService).list({ limit: 500 })).items.length;

  it('puts a public run before the oldest data, as a lot that knows its fault', async () => {
    const oldest = now - 5 * HOUR_MS;
    await app.get(SampleWriter).write([{ tagId: tagIds[0], ts: oldest, value: 1 }]);
    const loaded = await load('d05_te.dat', dat(200));
    expect(loaded).toMatchObject({ samples: 200 * 52, endMs: oldest });
    const lot = await app.get(LotService).findByNumber('d05_te');
    expect(lot).toMatchObject({
      status: 'closed',
      knownFault: 5,
      startedAt: oldest - 200 * INTERVAL_MS,
      endedAt: oldest,
      note: 'Loaded from d05_te.dat; fault from sample 161',
    });
    const { timestamps, values } = await app.get(SeriesReader).readMatrix({
      tagIds: tagIds.slice(0, 3),
      from: oldest - 200 * INTERVAL_MS,
      to: oldest,
    });
    expect(timestamps).toHaveLength(200);
    expect([...values.subarray(0, 6)]).toEqual([0.25, 3664, 4509.3, 0.2501, 3664, 4509.3]);
  });

  it('stays before the history of a simulated plant that is yet to start', async () => {
    const settings = app.get(PlantSettings);
    Object.assign(settings, { historyHours: 24 });
    try {
      const { lots } = await load('d01.dat', dat(20));
      expect(lots[0].endedAt).toBe(now - 24 * HOUR_MS);
      const later = load('d02.dat', dat(20), { startMs: now - 23 * HOUR_MS });
      await expect(later).rejects.toMatchObject({
        code: 'WINDOW_IN_USE',
        message: expect.stringContaining('start the product before'),
      });
      expect(await lotCount()).toBe(1);
    } finally {
      Object.assign(settings, { historyHours: 0 });
    }
  });

  it('names the lot as people write it, whatever the file system made of the letters', async () => {
    const startMs = now - 20 * HOUR_MS;
    const { lots } = await load(`${'반응기'.normalize('NFD')}\u0007 .dat`, dat(20), { startMs });
    expect(lots[0]).toMatchObject({ lotNo: '반응기', note: 'Loaded from 반응기  .dat' });
    const again = load('반응기.dat', dat(20), { startMs: startMs - 5 * HOUR_MS });
    await expect(again).rejects.toMatchObject({ code: 'LOT_EXISTS' });
    expect(await lotCount()).toBe(1);
  });

  it('keeps nothing of a file with a malformed line, and names file, line and reason', async () => {
    const lines = dat(20);
    lines[12] = lines[12].replace('0.2512', 'twelve');
    await expect(load('d01.dat', lines)).rejects.toMatchObject({
      code: 'PLANT_FILE_MALFORMED',
      message: expect.stringMatching(/^d01\.dat, line 13: .*"twelve"/),
    });
    expect(await count()).toBe(0);
    expect(await lotCount()).toBe(0);
  });

  it('skips and counts malformed lines when asked to; the others keep their times', async () => {
    const lines = dat(20);
    lines[12] = '1 2 3';
    const startMs = now - 10 * HOUR_MS;
    const { survey, samples } = await load('d01.dat', lines, { skipBad: true, startMs });
    expect(samples).toBe(19 * 52);
    expect(survey.report).toMatchObject({ malformed: 1, complaints: [{ file: 'd01.dat', line: 13 }] });
    const { timestamps } = await app.get(SeriesReader).readMatrix({ tagIds, from: 0, to: now });
    expect(timestamps[11]).toBe(startMs + 11 * INTERVAL_MS);
    expect(timestamps[12]).toBe(startMs + 13 * INTERVAL_MS);
  });

  it('makes a lot of every run of a file with several, one after the other', async () => {
    const header = [
      'faultNumber',
      'simulationRun',
      'sample',
      ...DETECTOR_TAGS.map((tag) => tag.toLowerCase()),
    ];
    const rows = [1, 2].flatMap((run) =>
      Array.from({ length: 10 }, (_, i) => [4, run, i + 1, ...DETECTOR_TAGS.map(() => run)].join(',')),
    );
    const { lots } = await load('tep_train.csv', [header.join(','), ...rows], { lotNo: 'rieth' });
    expect(lots.map(({ lotNo, knownFault }) => [lotNo, knownFault])).toEqual([
      ['rieth-fault04-run001', 4],
      ['rieth-fault04-run002', 4],
    ]);
    expect(lots[1].startedAt).toBe(lots[0].endedAt);
    expect(lots[1].endedAt).toBe(now);
  });

  it('leaves data with times where they are, or shifts them to where it is asked to', async () => {
    const from = now - 48 * HOUR_MS;
    const wide = ['time,XMEAS_01,XMV_03', `${iso(from)},1,2`, `${iso(from + 60_000)},3,`];
    const asIs = await load('wide.csv', wide);
    expect(asIs.lots[0]).toMatchObject({
      lotNo: 'wide',
      startedAt: from,
      endedAt: from + 60_001,
      knownFault: null,
    });
    expect(asIs.samples).toBe(3);
    const long = ['tag,time,value', `XMEAS_01,${iso(from + 5_000)},7`, `XMEAS_02,${iso(from)},8`];
    const shifted = await load('long.csv', long, { startMs: now - HOUR_MS, lotNo: 'moved' });
    expect(shifted.lots[0]).toMatchObject({ lotNo: 'moved', startedAt: now - HOUR_MS });
    const latest = await app.get(SeriesReader).latest(tagIds);
    expect(latest.get(tagIds[0])).toMatchObject({ ts: now - HOUR_MS + 5_000, value: 7 });
  });

  it('keeps what a file says of the quality of its values, and refuses what is none', async () => {
    const at = (minutes: number): string => iso(now - 48 * HOUR_MS + minutes * 60_000);
    const long = [
      'tag,time,value,quality',
      `XMEAS_01,${at(0)},7,Bad`,
      `XMEAS_02,${at(0)},8,uncertain`,
      `XMEAS_03,${at(0)},9,`,
    ];
    const { samples, survey } = await load('marked.csv', long);
    expect([samples, survey.ignoredColumns]).toEqual([3, []]);
    const latest = await app.get(SeriesReader).latest(tagIds);
    expect(tagIds.slice(0, 3).map((id) => QUALITIES[latest.get(id)?.quality ?? -1])).toEqual([
      'bad',
      'uncertain',
      'good',
    ]);
    await expect(load('odd.csv', [...long, `XMEAS_03,${at(3)},9,fine`])).rejects.toMatchObject({
      message: expect.stringMatching(/line 5: quality is none of good, uncertain, bad: "fine"/),
    });
  });

  it('removes what it wrote when it is interrupted in the middle', async () => {
    const lines = Array.from({ length: 1_000 }, () =>
      TAGS.slice(0, 52)
        .map(({ baseValue }) => baseValue.toFixed(12))
        .join(' '),
    );
    const bytes = lines.join('\n').length;
    const controller = new AbortController();
    let read = 0;
    let written = 0;
    const stop = app.get(SampleFeed).onWrite(() => written++);
    const interrupted = load('d02.dat', lines, {
      signal: controller.signal,
      onBytes: (more) => {
        read += more;
        if (read > 1.9 * bytes) controller.abort(new Error('stopped'));
      },
    });
    await expect(interrupted).rejects.toThrow('stopped');
    stop();
    expect(written).toBeGreaterThan(2);
    expect(await count()).toBe(0);
    expect(await lotCount()).toBe(0);
  });

  it('clears away what a load that was killed left behind', async () => {
    const startedAt = now - 3 * HOUR_MS;
    await app
      .get(LotService)
      .add({ lotNo: 'd03', startedAt, endedAt: startedAt + HOUR_MS, status: 'loading' });
    await app.get(SampleWriter).write([{ tagId: tagIds[5], ts: startedAt + 7, value: 1 }]);
    const { lots } = await load('d03.dat', dat(20), { startMs: startedAt });
    expect(lots).toHaveLength(1);
    expect(await count()).toBe(20 * 52);
    const open = await app.http.get('/api/v1/lots').expect(200);
    expect(open.body).toMatchObject({ items: [{ lot_no: 'd03', status: 'closed' }] });
  });

  it.each([
    ['a name in use', { startMs: now - 20 * HOUR_MS }, 'LOT_EXISTS'],
    ['the time of another lot', { lotNo: 'x', startMs: now - 49 * HOUR_MS }, 'LOT_OVERLAP'],
    ['time with samples', { lotNo: 'x', startMs: now - 10 * HOUR_MS }, 'WINDOW_IN_USE'],
    ['the future', { lotNo: 'x', startMs: now }, 'SAMPLE_IN_FUTURE'],
    ['what is not kept', { lotNo: 'x', startMs: now - 91 * 24 * HOUR_MS }, 'SAMPLE_TOO_OLD'],
  ])('refuses %s and keeps nothing', async (_what, options, code) => {
    await app.get(LotService).add({
      lotNo: 'd01',
      startedAt: now - 50 * HOUR_MS,
      endedAt: now - 48.5 * HOUR_MS,
    });
    await app.get(SampleWriter).write([{ tagId: tagIds[0], ts: now - 10 * HOUR_MS, value: 1 }]);
    await expect(load('d01.dat', dat(20), options)).rejects.toMatchObject({ code });
    expect(await count()).toBe(1);
    expect(await lotCount()).toBe(1);
  });

  describe('with two values for a tag and time', () => {
    const at = (minutes: number): string => iso(now - 10 * HOUR_MS + minutes * 60_000);
    const refused = (line: number, what: string) => ({
      code: 'SAMPLE_CONTRADICTED',
      message: expect.stringMatching(new RegExp(`, line ${line}: ${what}`)),
    });

    it('refuses the second of them, names it and keeps nothing', async () => {
      const long = ['tag,time,value', `XMEAS_01,${at(0)},1`, `XMEAS_01,${at(3)},2`, `XMEAS_01,${at(0)},3`];
      await expect(load('long.csv', long)).rejects.toMatchObject(
        refused(4, `XMEAS_01 is 3 at ${at(0)}, and 1 before`),
      );
      const wide = ['time,XMEAS_01,XMEAS_02', `${at(0)},1,5`, `${at(3)},2,6`, `${at(3)},2,7`];
      await expect(load('wide.csv', wide)).rejects.toMatchObject(
        refused(4, `XMEAS_02 is 7 at ${at(3)}, and 6 before`),
      );
      const rieth = ['faultNumber,simulationRun,sample,xmeas_1', '0,1,1,1', '0,1,2,2', '0,2,1,4', '0,1,2,3'];
      await expect(load('rieth.csv', rieth)).rejects.toMatchObject(
        refused(5, 'XMEAS_01 is 3 in sample 2, and 2 before'),
      );
      expect(await count()).toBe(0);
      expect(await lotCount()).toBe(0);
    });

    it('keeps the first and counts the others when malformed lines are skipped', async () => {
      const long = [
        'tag,time,value',
        ...[`XMEAS_01,${at(6)},1`, `XMEAS_01,${at(3)},2`, `XMEAS_01,${at(6)},3`, `XMEAS_02,${at(6)},3`],
      ];
      const { samples, survey } = await load('long.csv', long, { skipBad: true });
      expect(samples).toBe(3);
      expect(survey).toMatchObject({ contradictions: 1, report: { malformed: 0 } });
      expect(survey.report.complaints).toMatchObject([{ line: 4 }]);
      const stored = await app.get(SeriesReader).latest(tagIds);
      expect(stored.get(tagIds[0])).toMatchObject({ value: 1 });
    });

    it('takes what is the same, and samples in pieces', async () => {
      const wide = [
        'time,XMEAS_01,XMEAS_02',
        ...[`${at(6)},1,`, `${at(3)},2,6`, `${at(6)},,5`, `${at(6)},1,5`, `${at(3)},2,6`],
      ];
      expect(await load('wide.csv', wide)).toMatchObject({ samples: 4, survey: { contradictions: 0 } });
    });
  });

  it('counts what is missing, and names columns that are no tag and odd spacings', async () => {
    const start = now - 10 * HOUR_MS;
    const wide = ['time,XMEAS_01,operator,XMEAS_02 [kg/h],shift'];
    for (let i = 0; i < 10; i++)
      wide.push(`${iso(start + i * 1_000)},${i === 3 ? 'NaN' : i},Kim,${i === 4 ? '' : 1},A`);
    wide[6] = wide[6].replace(',5,', ',five,');
    const { survey, samples } = await load('wide.csv', wide, { skipBad: true });
    expect(samples).toBe(17);
    expect(remarksOn(survey)).toEqual([
      '1 malformed cell skipped',
      '2 missing values',
      'no tag: columns "operator", "shift"',
      'samples are 1 s apart where 180 s are usual',
    ]);
  });

  it('shifts compact dates as dates', async () => {
    const wide = ['time,XMEAS_01', '20261120000000,1', '20261120000300,2', '20261120000600,3'];
    const { lots } = await load('wide.csv', wide, { startMs: now - HOUR_MS });
    expect(lots[0]).toMatchObject({ startedAt: now - HOUR_MS, endedAt: now - HOUR_MS + 2 * INTERVAL_MS + 1 });
  });

  it('names --lot where the name of the lot is taken', async () => {
    await load('d01.dat', dat(3), { startMs: now - HOUR_MS });
    await expect(load('d01.dat', dat(3), { startMs: now - 3 * HOUR_MS })).rejects.toMatchObject({
      code: 'LOT_EXISTS',
      message: 'There is a lot d01 already; give another name with --lot',
    });
  });

  it('says what is wrong with a file that is none, empty or unknown', async () => {
    const loader = new PlantFileLoader(app);
    await expect(loader.load(join(folder, 'nowhere.dat'), {})).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
    });
    await expect(loader.load(folder, {})).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
    await expect(load('wide.csv', ['time,XMEAS_01'])).rejects.toMatchObject({
      code: expect.stringMatching(/FILE_EMPTY|PLANT_FILE_UNRECOGNISED/),
    });
    await expect(load('letter.txt', ['Dear plant,', 'how are you?'])).rejects.toMatchObject({
      code: 'PLANT_FILE_UNRECOGNISED',
    });
  });
});
