import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '#jest';
import { simulateRun, TAGS } from '#tep';
import { loadPredictor } from './load-models.js';
import { ModelStore } from '../store/model-store.js';
import { PredictionThread } from './thread.js';
import { type PredictionWindow, windowFromRows } from '../window/prediction-window.js';
import type { PlantPredictor } from './predictor.js';

const MODELS = fileURLToPath(new URL('../../../../models', import.meta.url));
const START = Date.UTC(2026, 0, 1);
const CODES = TAGS.map((tag) => tag.code);
const ONSET_HOUR = 8;

/** Of every thread of this process: the 19th field of its line, 17 fields after its name in brackets. */
async function nicenessOfThreads(): Promise<number[]> {
  const threads = await readdir('/proc/self/task');
  const lines = await Promise.all(threads.map((id) => readFile(`/proc/self/task/${id}/stat`, 'utf8')));
  return lines.map((line) => Number(line.slice(line.lastIndexOf(')') + 2).split(' ')[16]));
}

/** Rows of a run up to `hours` after the start; disturbances set in after eight hours. */
function aWindow(hours: number, idv = 0, seed = 424_242): PredictionWindow {
  const { values, rows } = simulateRun({ seed, idv, hours, faultOnsetHour: ONSET_HOUR });
  return windowFromRows(
    values,
    CODES,
    Array.from({ length: rows }, (_, row) => START + row * 180_000),
  );
}

describe('a prediction with the shipped models', () => {
  let predictor: PlantPredictor;

  beforeAll(async () => {
    predictor = await loadPredictor(new ModelStore(MODELS));
  });

  it('calls a normal plant normal', () => {
    const prediction = predictor.predict(aWindow(14));
    expect(prediction.detector.alarm).toBe(false);
    expect(prediction.fault_probability).toBeLessThan(0.05);
    expect(prediction.fault_classes[0].class).toBe('normal');
    expect(prediction.context_rows).toBe(240);
    expect(prediction.at).toBe('2026-01-01T13:57:00.000Z');
  });

  it('finds a disturbance, names it and says why', () => {
    const prediction = predictor.predict(aWindow(12, 1));
    expect(prediction.detector.alarm).toBe(true);
    expect(prediction.fault_probability).toBeGreaterThan(0.9);
    expect(prediction.fault_classes[0]).toMatchObject({ class: 'disturbance', idv: 1 });
    expect(prediction.fault_classes[0].cause).toContain('Stream 4');
    expect(prediction.feature_importance.explains).toBe('IDV 1');
    expect(prediction.feature_importance.completeness_gap).toBeLessThan(0.01);
  });

  it.each(Array.from({ length: 20 }, (_, i) => i + 1))('names disturbance %i', (idv) => {
    const [likeliest] = predictor.predict(aWindow(14, idv)).fault_classes;
    expect(likeliest).toMatchObject({ class: 'disturbance', idv });
  });

  it('gives probabilities that add up to 1, over normal, unknown and twenty disturbances', () => {
    const { fault_classes: classes, fault_probability: fault } = predictor.predict(aWindow(10, 2));
    expect(classes).toHaveLength(22);
    expect(classes.reduce((sum, each) => sum + each.probability, 0)).toBeCloseTo(1, 6);
    const normal = classes.find((each) => each.class === 'normal')?.probability ?? NaN;
    expect(fault).toBeCloseTo(1 - normal, 12);
  });

  it('forecasts every tag step by step, inside an interval that most of the future falls into', () => {
    const run = simulateRun({ seed: 515_151, hours: 15 });
    const now = 279;
    const window = windowFromRows(
      run.values.slice(0, (now + 1) * 53),
      CODES,
      Array.from({ length: now + 1 }, (_, row) => START + row * 180_000),
    );
    const { forecast } = predictor.predict(window, { horizonSteps: 10 });
    expect(forecast).toHaveLength(52);
    let inside = 0;
    for (const { tag, steps } of forecast) {
      expect(steps).toHaveLength(10);
      steps.forEach(({ low, value, high }, step) => {
        expect(low).toBeLessThanOrEqual(value);
        expect(value).toBeLessThanOrEqual(high);
        const truth = run.values[(now + 1 + step) * 53 + CODES.indexOf(tag)];
        inside += low <= truth && truth <= high ? 1 : 0;
      });
    }
    expect(inside / 520).toBeGreaterThan(0.8);
    expect(forecast[0].steps[0].at).toBe(new Date(START + (now + 1) * 180_000).toISOString());
  });

  it('keeps to what is possible: without feed A no flow is below 0, and its valve open at most 100 %', () => {
    const { forecast } = predictor.predict(aWindow(9, 6));
    const [flow, valve] = ['XMEAS_01', 'XMV_03'].map(
      (code) => forecast.find(({ tag }) => tag === code)?.steps ?? [],
    );
    expect(Math.min(...flow.map(({ low }) => low))).toBe(0);
    expect(Math.min(...flow.map(({ value }) => value))).toBeGreaterThanOrEqual(0);
    expect(Math.max(...valve.map(({ high }) => high))).toBe(100);
    expect(Math.max(...valve.map(({ value }) => value))).toBeLessThanOrEqual(100);
  });

  it('refuses a horizon that it has not learnt', () => {
    expect(() => predictor.predict(aWindow(10), { horizonSteps: 21 })).toThrow('1 … 20');
  });
});

describe('the prediction thread', () => {
  const thread = new PredictionThread(MODELS);

  afterAll(() => thread.close());

  it('predicts what the predictor predicts', async () => {
    const window = aWindow(9);
    const predictor = await loadPredictor(new ModelStore(MODELS));
    const apart = await thread.predict(window, { horizonSteps: 2 });
    const here = predictor.predict(window, { horizonSteps: 2 });
    expect(JSON.parse(JSON.stringify(apart))).toEqual(JSON.parse(JSON.stringify(here)));
  });

  it('gives way a little only: on a busy machine it still comes to its turn', async () => {
    await thread.predict(aWindow(9), { horizonSteps: 1 });
    const niceness = await nicenessOfThreads();
    expect(Math.max(...niceness)).toBeGreaterThan(Math.min(...niceness));
    expect(Math.max(...niceness) - Math.min(...niceness)).toBeLessThanOrEqual(5);
  });

  it('hands errors over with their code', async () => {
    await expect(thread.predict(aWindow(3))).rejects.toMatchObject({
      code: 'window_too_short',
      details: { rows: 60 },
    });
    const nowhere = new PredictionThread('/nowhere');
    await expect(nowhere.predict(aWindow(9))).rejects.toMatchObject({ code: 'model_not_found' });
    await nowhere.close();
  });
});
