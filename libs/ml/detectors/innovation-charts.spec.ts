import { describe, expect, it } from '#jest';
import { CHARTS, InnovationChart, chartWidth, type ChartDefinition } from './innovation-charts.js';
import { SnapshotReader } from './snapshot.js';

const NO_CEILING = new Float64Array(2).fill(Infinity);

/** Values of a chart of two tags after each sample; both residuals and the energy are given one number a tag. */
function valuesOf(
  chart: InnovationChart,
  samples: readonly (readonly [number, number])[],
  ceiling = NO_CEILING,
): number[][] {
  return samples.map(([a, b]) => {
    const nothing = new Float64Array(2);
    const residual = chart.definition.kind === 'energy' ? 'step' : chart.definition.residual;
    const input = { sensor: nothing, step: nothing, energy: a, [residual]: Float64Array.of(a, b) };
    chart.update(input, ceiling);
    return Array.from(chart.values);
  });
}

function expectClose(actual: number[][], expected: number[][]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((values, n) => {
    expect(values).toHaveLength(expected[n].length);
    values.forEach((value, i) => expect(value).toBeCloseTo(expected[n][i], 12));
  });
}

describe('the innovation charts, by hand', () => {
  it('show the energy itself, or its average from the normal mean on, at most four times that a sample', () => {
    const itself = new InnovationChart({ kind: 'energy', smoothing: 1 }, 2);
    expect(valuesOf(itself, [[5, 0], [1e6, 0]])).toEqual([[5], [1e6]]); // prettier-ignore
    const averaged = new InnovationChart({ kind: 'energy', smoothing: 0.25 }, 2);
    // 2, the number of tags, then + ¼ (6 − 2), + ¼ (8 − 3) as 100 counts 4 · 2, + ¼ (0 − 4.25)
    expectClose(valuesOf(averaged, [[6, 0], [100, 0], [0, 0]]), [[3], [4.25], [3.1875]]); // prettier-ignore
    averaged.reset();
    // No more than the ceiling, and down from it.
    expectClose(valuesOf(averaged, [[100, 0], [100, 0], [0, 0]], Float64Array.of(4)), [[3.5], [4], [3]]); // prettier-ignore
  });

  it('show the square of an averaged residual, which counts up to six deviations', () => {
    const chart = new InnovationChart({ kind: 'mean', residual: 'sensor', smoothing: 0.5 }, 2);
    // Averages 1 and −2, 3.5 and −4, as ±100 count ±6, then 1.75 and −2
    const samples = [[2, -4], [100, -100], [0, 0]] as const; // prettier-ignore
    expectClose(valuesOf(chart, samples), [[1, 4], [3.5 ** 2, 16], [1.75 ** 2, 4]]); // prettier-ignore
    chart.reset();
    // Ceilings 4 and 9 hold the averages at 2 and −3: half of that is left at rest.
    expectClose(valuesOf(chart, samples, Float64Array.of(4, 9)), [[1, 4], [4, 9], [1, 2.25]]); // prettier-ignore
  });

  it('show the averaged square of an averaged residual, in units of its normal variance', () => {
    const definition: ChartDefinition = { kind: 'variance', residual: 'step', smoothing: 0.5, memory: 0.25 };
    const chart = new InnovationChart(definition, 2);
    // The variance of the average is 0.5/1.5 = ⅓. Averages 1 and −3 and then ½ and −1½ count 3, 27, ¾ and 6¾.
    const samples = [[2, -6], [0, 0]] as const; // prettier-ignore
    const after = [1 + 0.25 * (3 - 1), 1 + 0.25 * (27 - 1)];
    expectClose(valuesOf(chart, samples), [
      after,
      [after[0] + 0.25 * (0.75 - after[0]), after[1] + 0.25 * (6.75 - after[1])],
    ]);
    chart.reset();
    expectClose(valuesOf(chart, samples, Float64Array.of(9, 5)), [
      [1.5, 5],
      [1.5 + 0.25 * (0.75 - 1.5), 5],
    ]);
  });

  it.each(CHARTS.map((definition) => [JSON.stringify(definition), definition] as const))(
    'go on from their state: %s',
    (_, definition) => {
      const [whole, second] = [new InnovationChart(definition, 2), new InnovationChart(definition, 2)];
      expect(whole.values).toHaveLength(chartWidth(definition, 2));
      valuesOf(whole, [
        [1, -2],
        [3, 1],
      ]);
      const state = { chart: whole.state() };
      second.restore(new SnapshotReader({ detector: 'innovation_bank', state }, 'innovation_bank'), 'chart');
      const rest = [[-1, 2], [0.5, 0]] as const; // prettier-ignore
      const expected = valuesOf(whole, rest);
      expect(expected.flat().every(Number.isFinite)).toBe(true);
      expect(valuesOf(second, rest)).toEqual(expected);
      // A reset is a fresh start.
      second.reset();
      expect(valuesOf(second, rest)).toEqual(valuesOf(new InnovationChart(definition, 2), rest));
    },
  );
});
