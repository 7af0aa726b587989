import { setImmediate } from 'node:timers/promises';
import type { EpisodeChange } from '#ml';
import { type DetectorStream, LONGEST_GAP_MS } from './detection/detector-stream.js';
import { isMostlyMarked, type PlantSamples } from './sampling/plant-sampler.js';
import type { ScoredSample } from './scored-samples.service.js';

/** A change of an episode, with the sample that made it. */
export interface NotedChange {
  stream: DetectorStream;
  change: EpisodeChange;
  ts: number;
}

/** What the detectors made of some samples. */
export interface Findings {
  samples: ScoredSample[];
  /** The newest of each episode. */
  changes: NotedChange[];
  /** Plant time of the last sample in which a tag has a value; null before the first. */
  lastValuesTs: number | null;
}

/** What samples are scored with. */
export interface ScoringSetup {
  streams: readonly DetectorStream[];
  /** Tags of a sample, those of the detectors first. */
  tags: number;
  detectorTags: number;
}

/**
 * Has the detectors score samples in order of time, and gives the process its turn after each.
 * @param lastValuesTs plant time of the last sample before them in which a tag has a value
 */
export async function scoreSamples(
  { timestamps, values, bad, unwatched, afresh }: PlantSamples,
  { streams, tags, detectorTags }: ScoringSetup,
  lastValuesTs: number | null,
): Promise<Findings> {
  const changes: NotedChange[] = [];
  const scored: ScoredSample[] = [];
  let previous = lastValuesTs;
  let beginsAfresh = false;
  for (let row = 0; row < timestamps.length; row++) {
    const ts = timestamps[row];
    const [start, end] = [row * tags, (row + 1) * tags];
    const marks = unwatched.subarray(start, end);
    const isBlind = isMostlyMarked(marks.subarray(0, detectorTags));
    const sample: ScoredSample = {
      ts,
      values: values.subarray(start, end),
      unwatched: marks,
      isBlind,
      scores: [],
    };
    if (bad) sample.bad = bad.subarray(start, end);
    scored.push(sample);
    beginsAfresh ||= afresh[row] === 1;
    // Bad values only are a gap to the detectors.
    if (sample.values.every(Number.isNaN)) continue;
    const begins = previous !== null && (ts - previous > LONGEST_GAP_MS || beginsAfresh || isBlind);
    const usable = sample.values.map((value, tag) => (marks[tag] === 1 ? NaN : value));
    for (const stream of streams) {
      if (begins) note(changes, stream, stream.interrupt(previous ?? ts), previous ?? ts);
      if (!isBlind) note(changes, stream, scoreWith(stream, sample, usable), ts);
    }
    previous = ts;
    beginsAfresh = false;
    await setImmediate();
  }
  return { samples: scored, changes: newestOfEachEpisode(changes), lastValuesTs: previous };
}

/**
 * Puts the score on the sample.
 * @param usable its values but for those that come otherwise than the detectors have learnt
 * @returns what became of the stream's episode
 */
function scoreWith(
  stream: DetectorStream,
  sample: ScoredSample,
  usable: Float64Array,
): EpisodeChange | undefined {
  const { reading, change } = stream.step(sample.ts, usable);
  if (reading) {
    const { statistic, limit } = reading;
    const contributions = stream.contributionsBySampleTag(reading, sample.values.length);
    const { name: detector, normalRatio } = stream.loaded;
    sample.scores.push({ detector, statistic, limit, normalRatio, contributions });
  }
  return change;
}

function note(
  changes: NotedChange[],
  stream: DetectorStream,
  change: EpisodeChange | undefined,
  ts: number,
): void {
  if (change) changes.push({ stream, change, ts });
}

/** An episode that changes with every sample of a batch is written once. */
function newestOfEachEpisode(changes: NotedChange[]): NotedChange[] {
  const newest = new Map<string, NotedChange>();
  for (const noted of changes)
    newest.set(`${noted.stream.loaded.name} ${noted.change.episode.startedAt}`, noted);
  return [...newest.values()];
}
