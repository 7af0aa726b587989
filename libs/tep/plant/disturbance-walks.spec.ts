import { describe, expect, it } from '#jest';
import { readGoldenCsv } from '../../../test/factories/golden-vectors.js';
import type { NumberProfile } from './number-profile.js';
import { baseCaseState } from './state.js';
import { PlantWideControl } from '../control/plant-wide-control.js';
import { TennesseeEastmanPlant } from './tennessee-eastman-plant.js';

/** Disturbances with their walks, 1…12. */
const WALKS_OF = [
  { idv: 8, walks: [1, 2] },
  { idv: 9, walks: [3] },
  { idv: 10, walks: [4] },
  { idv: 11, walks: [5] },
  { idv: 12, walks: [6] },
  { idv: 13, walks: [7, 8] },
  { idv: 16, walks: [9] },
  { idv: 17, walks: [10] },
  { idv: 18, walks: [11] },
  { idv: 20, walks: [12] },
];
const ONSET_S = 3600;

const golden = { F32L: readGoldenCsv('walks_F32L.csv'), F64L: readGoldenCsv('walks_F64L.csv') };

/** Calls `look` at the golden seconds of a noise-free closed-loop run with one disturbance on from second 3600. */
function watch(
  profile: NumberProfile,
  idv: number,
  look: (walks: Float64Array, row: number[]) => void,
): void {
  const state = baseCaseState(profile);
  const plant = new TennesseeEastmanPlant({ profile, seed: 1431655765, noise: false, state });
  const control = new PlantWideControl(profile);
  plant.xmv.set(control.initialCommands);
  let second = 1;
  for (const row of golden[profile]) {
    while (second < row[0]) {
      if (second === ONSET_S) plant.idv[idv - 1] = 1;
      plant.step(control.stepH);
      second++;
      control.act(second, plant);
    }
    look(plant.walks.w, row);
  }
}

describe('the random disturbances', () => {
  it.each(
    WALKS_OF.flatMap((walk) => [
      { profile: 'F32L' as const, ...walk },
      { profile: 'F64L' as const, ...walk },
    ]),
  )('walk as in the original program under IDV $idv in $profile', ({ profile, idv, walks }) => {
    let worst = 0;
    let moved = false;
    watch(profile, idv, (w, row) => {
      for (const i of walks) {
        worst = Math.max(worst, Math.abs(w[i - 1] - row[i]) / Math.max(Math.abs(row[i]), 1e-3));
        moved ||= row[i] !== golden[profile][0][i];
      }
    });
    expect(worst).toBeLessThan(1e-10);
    expect(moved).toBe(true);
  });
});
