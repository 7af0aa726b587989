import fc from 'fast-check';
import { describe, expect, it } from '#jest';
import type { PlantBatch, PlantPoint, PlantRun } from '#tep';
import { randomCases } from '../../../test/factories/random-cases.js';
import { RepeatedSamples } from './repeated-samples.js';

const run: PlantRun = { key: 'x', fault: null, simulationRun: null, faultOnsetIndex: null };
const CODES = ['XMEAS_01', 'XMEAS_02', 'XMV_12'];

/** Points of few tags, times and values, so that many are there twice; in batches. */
const points = fc
  .array(fc.tuple(fc.constantFrom(...CODES), fc.nat(12), fc.nat(1)), { maxLength: 40 })
  .map((all) =>
    all.map(([code, time, value], i): PlantPoint => ({ line: i + 2, code, timeMs: 1e12 + time, value })),
  );

function batchesOf(all: readonly PlantPoint[]): PlantBatch[] {
  const size = 7;
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => ({
    kind: 'points',
    run,
    points: all.slice(i * size, (i + 1) * size),
  }));
}

describe('repeated samples', () => {
  it('are found, and those that differ reported, in any order of time, as often as one likes', () => {
    fc.assert(
      fc.property(points, (all) => {
        const firsts = new Map<string, number>();
        const expected = all.map(({ code, timeMs, value }) => {
          const first = firsts.get(`${code} ${timeMs}`);
          if (first === undefined) firsts.set(`${code} ${timeMs}`, value);
          return { isNew: first === undefined, contradicts: first !== undefined && first !== value };
        });
        const repeats = new RepeatedSamples();
        for (const batch of batchesOf(all)) repeats.note(batch);
        for (let reading = 0; reading < 2; reading++) {
          repeats.restart();
          const reported: (number | null)[] = [];
          const kept = batchesOf(all).flatMap((batch) => {
            const rest = repeats.withoutRepeats(batch, CODES, ({ line }) => reported.push(line));
            return rest.kind === 'points' ? rest.points : [];
          });
          expect(kept).toEqual(all.filter((_, i) => expected[i].isNew));
          expect(reported).toEqual(all.filter((_, i) => expected[i].contradicts).map(({ line }) => line));
        }
      }),
      randomCases(300),
    );
  });

  it('are not suspected in a file in order, nor in one that begins with the end', () => {
    const inOrder = CODES.flatMap((code) =>
      Array.from({ length: 50 }, (_, i): PlantPoint => ({ line: i + 2, code, timeMs: 1e12 + i, value: i })),
    );
    for (const all of [inOrder, inOrder.toReversed()]) {
      const repeats = new RepeatedSamples();
      for (const batch of batchesOf(all)) repeats.note(batch);
      expect(repeats.suspected).toBe(false);
    }
  });
});
