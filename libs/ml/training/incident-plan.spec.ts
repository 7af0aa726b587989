import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '#jest';
import type { StreamingDetector } from '../detectors/detector.js';
import { IncidentGrouping } from '../detectors/incident-grouping.js';
import { loadDetector } from '../detectors/loading.js';
import { assessIncidents, summariseIncidents } from '../evaluation/incident-evaluation.js';
import { ModelStore } from '../store/model-store.js';
import { incidentPlan, incidentRun } from './plan.js';

const MODELS = fileURLToPath(new URL('../../../../models', import.meta.url));
const HOLD_HOURS = IncidentGrouping.HOLD_MS / 3_600_000;

describe('the runs that incidents are counted in', () => {
  let detector: StreamingDetector;

  beforeAll(async () => {
    ({ detector } = await loadDetector(new ModelStore(MODELS), 'innovation_bank'));
  });

  it('are normal operation, every fault, and pairs of every fault and another one', () => {
    const plan = incidentPlan(5, 4);
    const kinds = (kind: string) => plan.filter((run) => run.kind === kind);
    expect(kinds('normal')).toHaveLength(4);
    expect(kinds('fault')).toHaveLength(21 * 4);
    for (const kind of ['pair', 'switched_off']) {
      expect(kinds(kind).map(({ faults }) => faults[0])).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));
      expect(kinds(kind).every(({ faults: [first, second] }) => first !== second)).toBe(true);
    }
    const seeds = plan.flatMap(({ parts }) => parts.map(({ seed }) => seed));
    expect(new Set(seeds).size).toBe(seeds.length);
  });

  it('end with the shutdown', () => {
    const lossOfFeed = {
      kind: 'fault' as const,
      faults: [6],
      parts: [{ seed: 8, idv: 6, hours: 16, faultOnsetHour: 1 }],
    };
    const { values, onsetRows } = incidentRun(lossOfFeed);
    expect(onsetRows).toEqual([20]);
    // it trips some seven hours after the onset
    expect(values.length / 52).toBeLessThan(10 * 20);
  });

  // both had the detector in alarm for all of the twelve hours, when it believed half of a jump
  it.each([
    [15, 2_328_923_349, 3, 4_277_974_506],
    [16, 2_812_893_423, 13, 1_348_307_970],
  ])(
    'show faults %i and %i with twelve normal hours between as two incidents',
    (first, seed, second, otherSeed) => {
      const run = incidentRun({
        kind: 'pair',
        faults: [first, second],
        parts: [
          { seed, hours: 20, spells: [{ idv: first, fromHour: 8, toHour: 20 }] },
          { seed: otherSeed, hours: 20, spells: [{ idv: second, fromHour: 12, toHour: Infinity }] },
        ],
      });
      expect(run.onsetRows).toEqual([160, 640]);
      const { values, ...identity } = run;
      const figures = summariseIncidents([assessIncidents(detector, values, identity)]);
      expect(figures.find(({ holdHours }) => holdHours === HOLD_HOURS)?.pairs).toMatchObject({
        [first === 15 ? 'hard' : 'clear']: { runs: 1, right: 1 },
      });
    },
  );
});
