import { describe, expect, it } from '#jest';
import { type DetectionAssessment, type RunAssessment } from '#ml';
import { summariseAssessments } from '#ml/tensors';
import { evaluationMarkdown } from './markdown.js';
import { type EvaluatedSet, evaluationJson, storedEvaluation } from './stored.js';

function aDetection(idv: number, changes: Partial<DetectionAssessment> = {}): DetectionAssessment {
  const faulty = idv > 0;
  return {
    faultRows: faulty ? 800 : 0,
    alarmRows: faulty ? 796 : 0,
    delaySamples: faulty ? 5 : null,
    normalRows: faulty ? 160 : 960,
    falseAlarmRows: 0,
    falseEpisodes: 0,
    areaUnderPr: faulty ? 0.999 : null,
    volumeUnderPr: faulty ? 0.998 : null,
    hitRows: faulty ? 398 : 0,
    episodes: faulty ? 1 : 0,
    hitEpisodes: faulty ? 1 : 0,
    ...changes,
  };
}

function anAssessment(idv: number, changes: Partial<RunAssessment> = {}): RunAssessment {
  return {
    name: `run ${idv}`,
    idv,
    seed: 4000000001,
    rows: 960,
    detectors: { innovation_bank: aDetection(idv) },
    diagnosis: null,
    strangeness: new Float64Array(),
    forecast: {
      forecasts: 10,
      horizons: [
        {
          steps: 5,
          rmse: { lstm: 0.5, ridge_var: 0.6, dlinear: 0.7, persistence: 1, mean: 1 },
          coverage: 0.9,
          winkler: 2,
          ridgeVarIntervals: { coverage: 0.9, winkler: 3 },
        },
      ],
    },
    ...changes,
  };
}

const missed = anAssessment(3, {
  detectors: { innovation_bank: aDetection(3, { alarmRows: 8, delaySamples: null }) },
});
const SET: EvaluatedSet = {
  kind: 'test_files',
  description: 'public testing files d00_te, d01_te, d03_te',
  evaluation: summariseAssessments([anAssessment(0), anAssessment(1), missed]),
};
const RUN = { versions: { innovation_bank: '2' }, seed: 5, seeds: 0, sets: [SET], incidents: [] };

describe('the document of an evaluation', () => {
  const markdown = evaluationMarkdown({
    ...RUN,
    plots: [{ file: 'a.svg', alt: 'A plot' }],
  });
  const rows = markdown.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  const rowOf = (first: string): string[] => rows.find(([, cell]) => cell === first) ?? [];

  it('states means with their intervals, with and without the faults that hardly show, and those apart', () => {
    const [, , all, without39, , fault3, fault9] = rowOf('innovation_bank');
    expect(all).toMatch(/^50\.\d \(1\.0–99\.5\)$/);
    expect(without39).toBe('99.5');
    expect([fault3, fault9]).toEqual(['1.0', '–']);
  });

  it('states delay and misses of each fault, and how often the tags would be right by chance', () => {
    const [, fault, detected, , samples, minutes, misses] = rowOf('1');
    expect([fault, detected, samples, minutes, misses]).toEqual(['1', '99.5', '5.0', '15', '0 of 1']);
    // nine of 52 tags: 1 − (43·42·41)/(52·51·50)
    expect(rowOf('1')[11]).toBe('44');
    expect(rowOf('3').slice(4, 7)).toEqual(['–', '–', '1 of 1']);
  });

  it('begins with what a person asks for first', () => {
    expect(rowOf('innovation_bank: detection rate')[2]).toMatch(/^0\.5025 \(/);
    expect(rowOf('innovation_bank: detection delay minutes')[2]).toBe('15.0');
  });

  it('has a column for every figure of the forecast and shows the plots', () => {
    expect(markdown).toContain(
      '| RMSE lstm | RMSE ridge var | RMSE dlinear | RMSE persistence | RMSE mean | coverage % | winkler | ridge var + ACI: coverage % | ridge var + ACI: winkler |',
    );
    expect(markdown).toContain('![A plot](images/a.svg)');
    expect(markdown).not.toMatch(/NaN|undefined|null|Infinity/);
  });
});

describe('the figures as JSON', () => {
  it('are in snake case, without what is not a number, and counts stay whole', () => {
    const json = JSON.parse(evaluationJson(RUN)) as { sets: { detectors: { by_fault: object[] }[] }[] };
    expect(json.sets[0].detectors[0].by_fault[1]).toMatchObject({
      idv: 3,
      missed_runs: 1,
      delay_samples: null,
      worst: { seed: 4000000001, detection_rate: 0.01 },
    });
  });

  it('keep for each model its own part, the headline first', () => {
    const detector = storedEvaluation('innovation_bank', RUN);
    expect(detector.headline).toContainEqual(
      expect.objectContaining({ figure: 'detection_rate', set: 'test_files', value: 0.5025 }),
    );
    expect(detector.sets[0]).toMatchObject({ runs: 3, rows: 2880, figures: { missed_runs: 1 } });
    const forecast = storedEvaluation('forecast_lstm', RUN);
    expect(forecast.headline).toContainEqual({
      figure: 'coverage_normal',
      set: 'test_files',
      value: 0.9,
      low: 0.9,
      high: 0.9,
    });
    expect(storedEvaluation('diagnosis_lstm', RUN).headline).toEqual([]);
  });
});
