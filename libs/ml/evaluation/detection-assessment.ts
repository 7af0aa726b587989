import { AlarmEpisodes } from '../detectors/alarm-episode.js';
import { areaUnderPrecisionRecall, isTopHit, volumeUnderPrecisionRecall } from './detection-metrics.js';
import type { StreamingDetector } from '../detectors/detector.js';
import { firstDetection } from './alarms.js';
import type { LabelledRun } from '../window/labelled-run.js';

/** Buffer of the range-aware area: 2 h, the time within which an early or late alarm still counts for the event. */
const VOLUME_BUFFER_ROWS = 40;

/** What a detector made of one run, in counts: small enough to be kept of every run. */
export interface DetectionAssessment {
  readonly faultRows: number;
  /** Rows under the fault that are in alarm. */
  readonly alarmRows: number;
  /** Which sample under the fault, from 1, is the first of six alarms in a row; null when none is, or no fault. */
  readonly delaySamples: number | null;
  readonly normalRows: number;
  readonly falseAlarmRows: number;
  /** As alarms are raised: on-delay, off-delay and hysteresis of {@link AlarmEpisodes}. */
  readonly falseEpisodes: number;
  /** Null unless the run has rows of both kinds. */
  readonly areaUnderPr: number | null;
  readonly volumeUnderPr: number | null;
  /** Rows in alarm under the fault in which one of the three most contributing tags is among the expected. */
  readonly hitRows: number;
  /** Episodes under the fault, and those whose three largest shares hold an expected tag. */
  readonly episodes: number;
  readonly hitEpisodes: number;
}

export interface AssessmentOptions {
  /** Tags that the fault of the run moves first or most. */
  readonly expectedTags: readonly string[];
  /** The normal rows have been counted in another run already. */
  readonly repeatedNormal?: boolean | undefined;
}

/** Assesses a detector at its own limit; it starts from rest and is left at rest. */
export function assessDetection(
  detector: StreamingDetector,
  run: LabelledRun,
  { expectedTags, repeatedNormal = false }: AssessmentOptions,
): DetectionAssessment {
  const columns = detector.tagCodes.length;
  const rows = run.values.length / columns;
  const statistics = new Float64Array(rows);
  const alarms = new Array<boolean>(rows).fill(false);
  const normal = new AlarmEpisodes();
  const faulty = new EpisodeHits(detector.tagCodes, expectedTags);
  let falseEpisodes = 0;
  let hitRows = 0;
  detector.reset();
  for (let row = 0; row < rows; row++) {
    const reading = detector.step(run.values.subarray(row * columns, (row + 1) * columns));
    const { statistic, limit, contributions } = reading;
    if (!reading.ready) continue;
    statistics[row] = statistic;
    alarms[row] = statistic > limit;
    if (row < run.onsetRow) {
      if (normal.step(row, statistic, limit, contributions)?.kind === 'opened') falseEpisodes++;
      continue;
    }
    faulty.step(row, statistic, limit, contributions);
    if (alarms[row] && isTopHit(contributions, detector.tagCodes, expectedTags)) hitRows++;
  }
  detector.reset();
  const { episodes, hitEpisodes } = faulty.finish(rows);
  const before = alarms.slice(0, run.onsetRow);
  const under = alarms.slice(run.onsetRow);
  return {
    faultRows: under.length,
    alarmRows: countOf(under),
    delaySamples: delayOf(under),
    normalRows: repeatedNormal ? 0 : before.length,
    falseAlarmRows: repeatedNormal ? 0 : countOf(before),
    falseEpisodes: repeatedNormal ? 0 : falseEpisodes,
    ...areasOf(statistics, run.onsetRow),
    hitRows,
    episodes,
    hitEpisodes,
  };
}

/** Counts the episodes under a fault and those that point at the right tags. */
class EpisodeHits {
  private readonly finder = new AlarmEpisodes();
  private shares: readonly number[] | null = null;
  private episodes = 0;
  private hitEpisodes = 0;

  constructor(
    private readonly tagCodes: readonly string[],
    private readonly expectedTags: readonly string[],
  ) {}

  step(row: number, statistic: number, limit: number, contributions: Float64Array): void {
    const change = this.finder.step(row, statistic, limit, contributions);
    if (change === undefined) return;
    this.shares = change.episode.shares;
    if (change.kind === 'closed') this.close();
  }

  finish(row: number): { episodes: number; hitEpisodes: number } {
    this.finder.interrupt(row);
    this.close();
    return { episodes: this.episodes, hitEpisodes: this.hitEpisodes };
  }

  private close(): void {
    if (this.shares === null) return;
    this.episodes++;
    if (isTopHit(this.shares, this.tagCodes, this.expectedTags)) this.hitEpisodes++;
    this.shares = null;
  }
}

function areasOf(
  statistics: Float64Array,
  onsetRow: number,
): Pick<DetectionAssessment, 'areaUnderPr' | 'volumeUnderPr'> {
  if (onsetRow === 0 || onsetRow >= statistics.length) return { areaUnderPr: null, volumeUnderPr: null };
  const labels = Uint8Array.from(statistics, (_, row) => (row < onsetRow ? 0 : 1));
  const scored = { statistics, labels };
  return {
    areaUnderPr: areaUnderPrecisionRecall([scored]),
    volumeUnderPr: volumeUnderPrecisionRecall(scored, VOLUME_BUFFER_ROWS),
  };
}

function delayOf(alarms: readonly boolean[]): number | null {
  const row = firstDetection(alarms);
  return row === undefined ? null : row + 1;
}

function countOf(alarms: readonly boolean[]): number {
  return alarms.filter(Boolean).length;
}
