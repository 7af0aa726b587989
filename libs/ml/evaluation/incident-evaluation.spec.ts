import { describe, expect, it } from '#jest';
import { INCIDENT_HOLD_HOURS, type IncidentAssessment, summariseIncidents } from './incident-evaluation.js';

function anAssessment(
  kind: IncidentAssessment['kind'],
  faults: number[],
  onsetRows: number[],
  startRows: number[],
  rows = 960,
): IncidentAssessment {
  const counts = INCIDENT_HOLD_HOURS.map((holdHours) => {
    return { holdHours, startRows, detectedRows: startRows.map((row) => row + 5) };
  });
  return { kind, faults, onsetRows, rows, counts };
}

const first = (assessments: IncidentAssessment[]) => summariseIncidents(assessments)[0];

describe('the figures of incidents', () => {
  it('count what is exactly one, begun under the fault, and the time to it', () => {
    const { byFault } = first([
      anAssessment('fault', [4], [160], [165]),
      anAssessment('fault', [4], [160], [175]),
      anAssessment('fault', [4], [160], []),
      anAssessment('fault', [4], [160], [200, 300]),
      anAssessment('fault', [4], [160], [100]),
    ]);
    // certain in rows 170, 180 and 205, that is 10, 20 and 45 samples of 3 min after the onset: 75 min on average
    expect(byFault).toEqual([{ idv: 4, runs: 5, right: 2, fewer: 1, more: 2, meanDelayHours: 1.25 }]);
  });

  it('count false incidents in normal operation and before the onset', () => {
    const figures = first([
      anAssessment('normal', [], [], [3, 900]),
      anAssessment('fault', [1], [480], [479, 481]),
    ]);
    // 960 normal rows and 480 before the onset, of which a day has 480
    expect(figures).toMatchObject({ falseIncidents: 3, normalDays: 3 });
  });

  it('want two of two faults, each begun under its own, and leave out plants that tripped before the second', () => {
    const { pairs, switchedOff } = first([
      anAssessment('pair', [1, 2], [160, 640], [161, 641]),
      anAssessment('pair', [1, 2], [160, 640], [161]),
      anAssessment('pair', [1, 2], [160, 640], [161, 300]),
      anAssessment('pair', [1, 9], [160, 640], [161, 641, 700]),
      anAssessment('switched_off', [18, 2], [160, 640], [161], 400),
    ]);
    expect(pairs).toEqual({
      clear: { runs: 3, right: 1, fewer: 1, more: 1 },
      hard: { runs: 1, right: 0, fewer: 0, more: 1 },
    });
    expect(switchedOff.hard.runs).toBe(0);
  });
});
