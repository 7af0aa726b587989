import { describe, expect, it } from '#jest';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DISTURBANCES } from './catalogue/disturbances.js';
import { openPlantFile } from './files/open-plant-file.js';
import type { PlantRun } from './files/plant-file.js';
import { plantKpis } from './accounting/plant-kpis.js';
import { summarisePlantWindow } from './accounting/plant-window.js';
import { DETECTOR_TAGS, TAGS } from './catalogue/tags.js';

const projectRoot = fileURLToPath(new URL('../../../', import.meta.url));
const dataDir = resolve(projectRoot, process.env.TEP_DATA_DIR ?? '../shared/tep/braatz');
const withPublicData = existsSync(join(dataDir, 'd00.dat')) ? describe : describe.skip;
if (withPublicData === describe.skip)
  process.stderr.write(`SKIPPED: no public data in ${dataDir}; set TEP_DATA_DIR to test against it\n`);

async function load(name: string): Promise<{ format: string; run: PlantRun; rows: Float64Array[] }> {
  const file = await openPlantFile(join(dataDir, name));
  const rows: Float64Array[] = [];
  let run: PlantRun | null = null;
  for await (const batch of file.batches) {
    if (batch.kind !== 'samples') throw new Error('samples expected');
    run = batch.run;
    rows.push(...batch.samples.map((sample) => sample.values));
  }
  if (run === null) throw new Error(`${name} has no samples`);
  return { format: file.format, run, rows };
}

const byTag = (row: Float64Array) => Object.fromEntries(DETECTOR_TAGS.map((code, i) => [code, row[i]]));

withPublicData('the public Braatz files', () => {
  it.each([
    ['d00.dat', 'braatz_transposed', 500, null],
    ['d00_te.dat', 'braatz', 960, null],
    ['d01.dat', 'braatz', 480, 0],
    ['d10_te.dat', 'braatz', 960, 160],
  ])('read %s as %s with %d samples', async (name, format, samples, faultOnsetIndex) => {
    const { run, rows, ...file } = await load(name);
    expect(file.format).toBe(format);
    expect(rows).toHaveLength(samples);
    expect(run.faultOnsetIndex).toBe(faultOnsetIndex);
    expect(rows[0]).toHaveLength(52);
    expect(rows.every((row) => row.every(Number.isFinite))).toBe(true);
  });

  it('are all plausible without names, whichever there are', async () => {
    const files = (await readdir(dataDir)).filter((name) => /^d\d\d(_te)?\.dat$/.test(name));
    // Only whether a file is taken: what is in those of faults 11 to 21 nobody looks at.
    const taken = await Promise.all(
      files.map((name) =>
        load(name)
          .then(() => 'taken')
          .catch(() => 'refused'),
      ),
    );
    expect(files.map((name, i) => [name, taken[i]])).toEqual(files.map((name) => [name, 'taken']));
  });

  it('put the reactor pressure of fault-free operation where the catalogue has it', async () => {
    for (const { rows } of [await load('d00.dat'), await load('d00_te.dat')]) {
      const pressures = rows.map((row) => row[DETECTOR_TAGS.indexOf('XMEAS_07')]);
      expect(Math.abs(pressures.reduce((a, b) => a + b) / pressures.length - 2705)).toBeLessThan(2);
    }
  });

  it('give the closed-loop standard deviations of the catalogue', async () => {
    const rows = [...(await load('d00.dat')).rows, ...(await load('d00_te.dat')).rows];
    for (const [i, { code, closedLoopSigma }] of TAGS.slice(0, 52).entries()) {
      const mean = rows.reduce((sum, row) => sum + row[i], 0) / rows.length;
      const sigma = Math.sqrt(rows.reduce((sum, row) => sum + (row[i] - mean) ** 2, 0) / rows.length);
      expect([code, Math.abs(sigma / closedLoopSigma - 1) < 0.006]).toEqual([code, true]);
    }
  });

  it('raise no alarm in fault-free operation', async () => {
    const rows = [...(await load('d00.dat')).rows, ...(await load('d00_te.dat')).rows];
    const alarmed = TAGS.slice(0, 52).filter(({ alarmLimits: { l, h } }, i) =>
      rows.some((row) => (h !== null && row[i] >= h) || (l !== null && row[i] <= l)),
    );
    expect(alarmed.map(({ code }) => code)).toEqual([]);
  });

  it('show the loss of the A feed as a shutdown after 6 hours', async () => {
    // XMEAS 1–22 of d06_te.dat are frozen from row 279 of 960 on
    const { rows } = await load('d06_te.dat');
    const window = summarisePlantWindow(rows.map(byTag));
    expect(window.runningHours).toBeCloseTo(278 * 0.05, 9);
    const availability = plantKpis(window).find((k) => k.name === 'availability');
    expect(availability?.value).toBeCloseTo((100 * 278) / 960, 9);
  });

  it('run at the published production and cost without a fault', async () => {
    const kpis = plantKpis(summarisePlantWindow((await load('d00_te.dat')).rows.map(byTag)));
    const valueOf = (name: string) => kpis.find((k) => k.name === name)?.value ?? NaN;
    // base case 14 074 kg/h, 170.6 $/h, 50 % G by mass
    expect(Math.abs(valueOf('production_rate') - 14_074)).toBeLessThan(100);
    expect(Math.abs(valueOf('operating_cost') - 170.6)).toBeLessThan(1);
    expect(Math.abs(valueOf('product_g_mass_percent') - 50)).toBeLessThan(0.2);
    expect(valueOf('quality_ratio')).toBe(100);
  });

  it('move the expected tags of a plainly visible disturbance most', async () => {
    const normal = (await load('d00_te.dat')).rows;
    const mean = (i: number) => normal.reduce((sum, row) => sum + row[i], 0) / normal.length;
    for (const fault of [1, 2, 4, 5, 6, 7]) {
      const { rows } = await load(`d0${fault}_te.dat`);
      const disturbed = rows.slice(160, 190);
      const shift = (i: number) => disturbed.reduce((sum, row) => sum + Math.abs(row[i] - mean(i)), 0);
      const ranked = DETECTOR_TAGS.map((code, i) => ({ code, score: shift(i) / TAGS[i].closedLoopSigma }))
        .sort((a, b) => b.score - a.score)
        .map(({ code }) => code);
      const expected = DISTURBANCES[fault - 1].expectedTags;
      expect([fault, ranked.slice(0, 3).filter((code) => expected.includes(code)).length >= 2]).toEqual([
        fault,
        true,
      ]);
    }
  });
});
