import { describe, expect, it } from '#jest';
import { mergePlantWindows } from './plant-window-merging.js';

describe('merging plant windows', () => {
  it('weighs means by running time and adds up the rest', () => {
    const merged = mergePlantWindows([
      {
        means: { XMEAS_17: 20, XMEAS_40: 50 },
        plannedHours: 1,
        runningHours: 1,
        assayedSamples: 20,
        inSpecificationSamples: 20,
      },
      {
        means: { XMEAS_17: 26 },
        plannedHours: 4,
        runningHours: 2,
        assayedSamples: 40,
        inSpecificationSamples: 10,
      },
    ]);
    // (20 · 1 + 26 · 2) / 3 = 24; G was analysed in the first window only.
    expect(merged).toEqual({
      means: { XMEAS_17: 24, XMEAS_40: 50 },
      plannedHours: 5,
      runningHours: 3,
      assayedSamples: 60,
      inSpecificationSamples: 30,
    });
  });

  it('gives no weight to means of no running time', () => {
    const window = { plannedHours: 1, assayedSamples: 0, inSpecificationSamples: 0 };
    const still = { ...window, means: { XMEAS_07: 5, XMEAS_08: 5 }, runningHours: 0 };
    const ran = { ...window, means: { XMEAS_08: 7 }, runningHours: 1 };
    expect(mergePlantWindows([still, ran])).toMatchObject({ means: { XMEAS_08: 7 }, runningHours: 1 });
    expect(mergePlantWindows([still]).means).toEqual({});
  });

  it('has no means of a plant that did not run', () => {
    const stopped = {
      means: {},
      plannedHours: 1,
      runningHours: 0,
      assayedSamples: 0,
      inSpecificationSamples: 0,
    };
    expect(mergePlantWindows([stopped, stopped])).toEqual({ ...stopped, plannedHours: 2 });
  });
});
