import { describe, expect, it } from '#jest';
import { assessDetection } from './detection-assessment.js';
import type { StreamingDetector } from '../detectors/detector.js';

/** Says the first value of a row is the statistic, the limit is 1, and the tag named by the second value contributes. */
function echoDetector(): StreamingDetector {
  const tagCodes = ['A', 'B', 'C', 'D', 'E'];
  const contributions = new Float64Array(tagCodes.length);
  return {
    name: 'zscore',
    tagCodes,
    limit: 1,
    step: (values) => {
      contributions.fill(0).fill(0.1, 2, 4)[values[1]] = 1;
      return { statistic: values[0], limit: 1, contributions, ready: true };
    },
    reset: () => undefined,
    snapshot: () => ({ detector: 'zscore', state: {} }),
    restore: () => undefined,
    toArtifact: () => ({ meta: { detector: 'zscore', tagCodes, limit: 1 }, tensors: {} }),
  };
}

/** One row a statistic, tag B or E contributing most. */
function rowsOf(statistics: readonly number[], blamed: 'A' | 'B' | 'E' = 'B'): Float64Array {
  const tag = { A: 0, B: 1, E: 4 }[blamed];
  return Float64Array.from(statistics.flatMap((statistic) => [statistic, tag, 0, 0, 0]));
}

const repeat = (count: number, statistic: number): number[] => new Array<number>(count).fill(statistic);

describe('what a detector makes of a run', () => {
  it('counts from the onset: nine late samples, a lone alarm before, twelve alarms after', () => {
    const values = rowsOf([...repeat(4, 0), 2, ...repeat(5, 0), ...repeat(9, 0.5), ...repeat(12, 3)]);
    const assessed = assessDetection(
      echoDetector(),
      { values, idv: 4, onsetRow: 10 },
      { expectedTags: ['B'] },
    );
    expect(assessed).toMatchObject({
      faultRows: 21,
      alarmRows: 12,
      delaySamples: 10,
      normalRows: 10,
      falseAlarmRows: 1,
      falseEpisodes: 0,
      hitRows: 12,
      episodes: 1,
      hitEpisodes: 1,
    });
  });

  it('raises a false episode as alarms do: after six samples, and again only once the statistic has stayed below 90 %', () => {
    // 0.95 lies below the limit and above the lower threshold: the episode goes on.
    const chatter = [...repeat(6, 2), ...repeat(10, 0.95), ...repeat(6, 2)];
    const again = [...repeat(6, 0), ...repeat(6, 2)];
    const values = rowsOf([...chatter, ...again]);
    const run = { values, idv: 0, onsetRow: values.length / 5 };
    const assessed = assessDetection(echoDetector(), run, { expectedTags: [] });
    expect(assessed).toMatchObject({
      falseEpisodes: 2,
      falseAlarmRows: 18,
      faultRows: 0,
      delaySamples: null,
    });
    expect(assessed.areaUnderPr).toBeNull();
  });

  it('misses a run without six alarms in a row', () => {
    const values = rowsOf([...repeat(10, 0), ...[1, 2, 3].flatMap(() => [...repeat(5, 2), 0])]);
    const assessed = assessDetection(
      echoDetector(),
      { values, idv: 4, onsetRow: 10 },
      { expectedTags: ['B'] },
    );
    expect(assessed).toMatchObject({ delaySamples: null, alarmRows: 15, episodes: 0 });
  });

  it('does not count a hit when no expected tag is among the first three', () => {
    const values = rowsOf([...repeat(10, 0), ...repeat(8, 2)], 'E');
    const run = { values, idv: 4, onsetRow: 10 };
    // E leads, then C and D with equal contributions.
    const other = assessDetection(echoDetector(), run, { expectedTags: ['A', 'B'] });
    expect(other).toMatchObject({ hitRows: 0, hitEpisodes: 0, alarmRows: 8 });
    expect(assessDetection(echoDetector(), run, { expectedTags: ['D'] })).toMatchObject({ hitRows: 8 });
  });

  it('leaves normal rows out that another run has, too', () => {
    const values = rowsOf([...repeat(10, 2), ...repeat(8, 2)]);
    const assessed = assessDetection(
      echoDetector(),
      { values, idv: 4, onsetRow: 10 },
      { expectedTags: [], repeatedNormal: true },
    );
    expect(assessed).toMatchObject({ normalRows: 0, falseAlarmRows: 0, falseEpisodes: 0, faultRows: 8 });
  });
});
