import { describe, expect, it } from '#jest';
import { readGoldenJson } from '../../../test/factories/golden-vectors.js';
import type { NumberProfile } from './number-profile.js';
import { baseCaseState } from './state.js';
import { TennesseeEastmanPlant } from './tennessee-eastman-plant.js';

interface GoldenEvaluation {
  name: string;
  description: string;
  t: number;
  noise: boolean;
  seed: number;
  state: number[];
  xmv: number[];
  idv: number[];
  walks: number[];
  vcmd: number[];
  derivative: number[];
  xmeas: number[];
  generator_after?: number;
}

const golden = readGoldenJson<Record<NumberProfile, GoldenEvaluation[]>>('derivatives.json');
const cases = (['F32L', 'F64L'] as const).flatMap((profile) =>
  golden[profile].map((evaluation) => ({ profile, ...evaluation })),
);

/** The plant put into a given situation, its walks held at given values. */
function plantAt(evaluation: GoldenEvaluation & { profile: NumberProfile }): TennesseeEastmanPlant {
  const { profile, seed, noise } = evaluation;
  const plant = new TennesseeEastmanPlant({ profile, seed, noise, state: baseCaseState(profile) });
  plant.t = evaluation.t;
  plant.state.set(evaluation.state);
  plant.xmv.set(evaluation.xmv);
  plant.idv.set(evaluation.idv);
  plant.valves.effective.set(evaluation.vcmd);
  plant.walks.a.set(evaluation.walks);
  plant.walks.tNext.fill(Infinity);
  plant.evaluate();
  return plant;
}

describe('one evaluation of the plant', () => {
  it.each(cases)('has the published derivatives in $profile $name: $description', (evaluation) => {
    const { derivative } = plantAt(evaluation);
    evaluation.derivative.forEach((expected, i) => {
      const scale = Math.max(Math.abs(expected), Math.abs(evaluation.state[i]));
      expect(Math.abs(derivative[i] - expected)).toBeLessThanOrEqual(1e-11 * scale);
    });
  });

  it.each(cases)('has the published measurements in $profile $name', (evaluation) => {
    const plant = plantAt(evaluation);
    evaluation.xmeas.forEach((expected, n) => {
      expect(Math.abs(plant.xmeas[n] - expected)).toBeLessThanOrEqual(
        1e-13 * Math.max(Math.abs(expected), 1),
      );
    });
    if (evaluation.generator_after !== undefined)
      expect(plant.generator.state).toBe(evaluation.generator_after);
  });

  it('trips on reactor pressure above 3000 kPa and freezes the state', () => {
    const tripped = cases.filter(({ name }) => name === 'p7').map(plantAt);
    for (const plant of tripped) {
      expect(plant.shutdown).toBe('reactor-pressure-high');
      expect(plant.derivative.every((rate) => rate === 0)).toBe(true);
    }
  });
});
