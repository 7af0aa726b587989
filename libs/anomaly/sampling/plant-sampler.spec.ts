import { describe, expect, it } from '#jest';
import { loadDetector, ModelStore } from '#ml';
import { projectPath } from '#platform';
import { DETECTOR_TAGS, simulateRun, type SimulatedRunOptions } from '#tep';
import { type RecordedRun, storedRun } from '../../../test/factories/recorded-run.fixture.js';
import {
  isMostlyMarked,
  NO_POSITION,
  type PlantSamples,
  PlantSampler,
  SAMPLE_WIDTH_MS,
} from './plant-sampler.js';

/** The plant's clock is not ours: it is 80 s past a whole multiple of three minutes. */
const START = Date.UTC(2026, 2, 1, 0, 1, 20);
const TAGS = DETECTOR_TAGS.length;
const INTERVAL_MS = 180_000;

/** A run as it would be stored if row k were sent as of START + (k + 1) · `samplingS`. */
function aRun(
  options: SimulatedRunOptions & { samplingS: number },
  keep = (_row: number) => true,
): RecordedRun {
  const { values, rows, columns } = simulateRun(options);
  const kept = Array.from({ length: rows }, (_, row) => row).filter(keep);
  const left = new Float64Array(kept.length * columns);
  kept.forEach((row, i) => left.set(values.subarray(row * columns, (row + 1) * columns), i * columns));
  const times = Float64Array.from(kept, (row) => START + (row + 1) * options.samplingS * 1_000);
  return { times, values: left, columns };
}

const take = (run: RecordedRun, tags = TAGS): Promise<PlantSamples> =>
  new PlantSampler(storedRun(run, tags)).next(NO_POSITION, START, run.times[run.times.length - 1], 10_000);

/** As the scorer does it: it asks with every write, and goes on behind the last sample. */
async function takeLive(run: RecordedRun, rowsPerWrite: number): Promise<number[]> {
  const seen: number[] = [];
  let before = NO_POSITION;
  for (let row = rowsPerWrite - 1; row < run.times.length; row += rowsPerWrite) {
    const sampler = new PlantSampler(storedRun(run, TAGS, run.times[row]));
    const from = before === NO_POSITION ? START : before.ts + SAMPLE_WIDTH_MS;
    const { timestamps, onGrid } = await sampler.next(before, from, run.times[row], 20);
    timestamps.forEach((ts, i) => {
      seen.push(ts);
      before = { ts, onGrid: onGrid[i] === 1 };
    });
  }
  return seen;
}

/** Samples of the plant's own grid, k · 180 s after START. */
const isInstant = (ts: number): boolean => (ts - START) % INTERVAL_MS === 0;
const onGridTimes = ({ timestamps, onGrid }: PlantSamples): number[] =>
  [...timestamps].filter((_, i) => onGrid[i] === 1);

/** Share of the samples at which the shipped primary detector is in alarm. */
async function alarmShare(samples: PlantSamples, from = -Infinity): Promise<number> {
  const { detector } = await loadDetector(new ModelStore(projectPath('models')), 'innovation_bank');
  let alarms = 0;
  let count = 0;
  samples.timestamps.forEach((ts, row) => {
    if (samples.afresh[row] === 1) detector.reset();
    const reading = detector.step(samples.values.slice(row * TAGS, (row + 1) * TAGS));
    if (ts < from) return;
    count++;
    if (reading.ready && reading.statistic > reading.limit) alarms++;
  });
  return alarms / count;
}

describe('samples at the interval that models have learnt', () => {
  it('are taken as they come, whatever their phase', async () => {
    const run = aRun({ seed: 5, hours: 3, samplingS: 180 });
    const { timestamps, values, onGrid, afresh, unwatched } = await take(run);
    expect([...timestamps]).toEqual([...run.times]);
    expect([...values.subarray(0, TAGS)]).toEqual([...run.values.subarray(0, TAGS)]);
    expect([onGrid, afresh, unwatched].map((marks) => marks.some((mark) => mark === 1))).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe('tags that are posted apart', () => {
  it('are one sample, wherever a look through the stored ones ends', async () => {
    const whole = aRun({ seed: 5, hours: 8, samplingS: 180 });
    const isLate = (tag: number): boolean => tag % 2 === 1;
    const rows = whole.times.length;
    const times = Float64Array.from(
      { length: 2 * rows },
      (_, row) => whole.times[row >> 1] + (row % 2) * 30_000,
    );
    const values = Float64Array.from({ length: 2 * rows * whole.columns }, (_, cell) => {
      const [row, tag] = [Math.floor(cell / whole.columns), cell % whole.columns];
      return isLate(tag) === (row % 2 === 1) ? whole.values[(row >> 1) * whole.columns + tag] : NaN;
    });
    const apart = { times, values, columns: whole.columns };
    for (const offsetMs of [0, 1_000, 100_000]) {
      const sampler = new PlantSampler(storedRun(apart, TAGS));
      const samples = await sampler.next(NO_POSITION, START + offsetMs, times[times.length - 1], 10_000);
      expect([...samples.timestamps]).toEqual([...whole.times]);
      expect([...samples.values.subarray(0, TAGS)]).toEqual([...whole.values.subarray(0, TAGS)]);
    }
  });
});

describe('samples that come faster', () => {
  it.each([1, 10, 60])(
    'of %d s are those of the instants at which the plant is recorded',
    async (samplingS) => {
      const run = aRun({ seed: 5, hours: 3, samplingS });
      const samples = await take(run);
      const times = onGridTimes(samples);
      // Two deliveries of the gas analysers, six minutes apart, have to be seen first.
      expect(times[0] - START).toBeLessThanOrEqual(18 * 60_000);
      expect(times.every(isInstant)).toBe(true);
      expect(times).toHaveLength((run.times[run.times.length - 1] - times[0]) / INTERVAL_MS + 1);
      const row = samples.timestamps.indexOf(times[3]);
      const stored = run.times.indexOf(times[3]) * run.columns;
      expect([...samples.values.subarray(row * TAGS, (row + 1) * TAGS)]).toEqual([
        ...run.values.subarray(stored, stored + TAGS),
      ]);
      expect(samples.afresh[samples.timestamps.indexOf(times[0])]).toBe(1);
      expect(samples.afresh.reduce((sum, mark) => sum + mark, 0)).toBe(1);
    },
  );

  it.each([1, 7, 60])(
    'are the same whether they are sent %d at a time or all at once',
    async (rowsPerWrite) => {
      const run = aRun({ seed: 6, hours: 4, samplingS: 60 });
      const live = await takeLive(run, rowsPerWrite);
      expect(live).toEqual([...(await take(run)).timestamps].slice(0, live.length));
      expect(live.length).toBeGreaterThan(60);
    },
  );

  it('go on when single ones are missing, and no value of another moment stands in', async () => {
    // Every fifth instant of the grid is lost, and every tenth of the rest.
    const lost = (row: number): boolean => row % 15 === 2 || row % 10 === 7;
    const run = aRun({ seed: 7, hours: 6, samplingS: 60 }, (row) => !lost(row));
    const samples = await take(run);
    expect(onGridTimes(samples).every(isInstant)).toBe(true);
    expect(onGridTimes(samples).every((ts) => run.times.includes(ts))).toBe(true);
    expect(onGridTimes(samples).length).toBeGreaterThan(60);
  });

  it('have their place when they come late', async () => {
    const whole = aRun({ seed: 8, hours: 4, samplingS: 60 });
    const holed = aRun({ seed: 8, hours: 4, samplingS: 60 }, (row) => row < 120 || row > 131);
    const [all, some] = [await take(whole), await take(holed)];
    expect([...some.timestamps]).toEqual([...all.timestamps].filter((ts) => holed.times.includes(ts)));
  });

  it.each([7, 50, 120])('but past the instants, every %d s, are not scored', async (samplingS) => {
    const { unwatched, timestamps } = await take(aRun({ seed: 9, hours: 3, samplingS }));
    const scored = [...timestamps].filter(
      (_, row) => !isMostlyMarked(unwatched.subarray(row * TAGS, (row + 1) * TAGS)),
    );
    // Until their interval is known.
    expect(scored.length).toBeLessThanOrEqual(4);
  });

  it('end where those of the plant begin again, and nothing is remembered across', async () => {
    const fast = aRun({ seed: 10, hours: 2, samplingS: 60 });
    const later = START + 2 * 3_600_000 + 47_000;
    const slow = aRun({ seed: 11, hours: 4, samplingS: 180 });
    const run: RecordedRun = {
      times: Float64Array.of(...fast.times, ...slow.times.map((ts) => ts - START + later)),
      values: Float64Array.of(...fast.values, ...slow.values),
      columns: fast.columns,
    };
    const { timestamps, onGrid, afresh } = await take(run);
    const first = [...timestamps].findIndex((ts, i) => ts > later && onGrid[i] === 0);
    expect(afresh[first]).toBe(1);
    expect([...timestamps].slice(first)).toEqual([...run.times].filter((ts) => ts >= timestamps[first]));
    // Half of the deciding intervals are the plant's after five samples.
    expect(timestamps[first] - later).toBeLessThanOrEqual(7 * INTERVAL_MS);
  });
});

describe('samples that come slower', () => {
  it('are marked, but for those of the analysers', async () => {
    const { unwatched, timestamps } = await take(aRun({ seed: 12, hours: 4, samplingS: 300 }));
    const last = unwatched.subarray((timestamps.length - 1) * TAGS);
    expect(isMostlyMarked(last)).toBe(true);
    expect(DETECTOR_TAGS.filter((_, tag) => last[tag] === 0)).toEqual(
      DETECTOR_TAGS.filter((code) => code >= 'XMEAS_23' && code <= 'XMEAS_41'),
    );
  });
});

// The whole series, of ten seeds and all disturbances found at three minutes, is `npm run bench sampling`.
describe('the primary detector on faster samples', () => {
  it.each([
    [10, 301],
    [60, 302],
  ])('every %d s is quiet while the plant is normal', async (samplingS, seed) => {
    expect(await alarmShare(await take(aRun({ seed, hours: 24, samplingS })))).toBeLessThanOrEqual(0.02);
  });

  it.each([1, 8])('finds IDV %d as it does at three minutes', async (idv) => {
    const fault = { seed: 303, idv, hours: 16, faultOnsetHour: 6 };
    const onset = START + 6 * 3_600_000;
    const learnt = await alarmShare(await take(aRun({ ...fault, samplingS: 180 })), onset);
    const faster = await alarmShare(await take(aRun({ ...fault, samplingS: 60 })), onset);
    expect(Math.abs(faster - learnt)).toBeLessThanOrEqual(0.02);
    expect(learnt).toBeGreaterThan(0.8);
  });
});
