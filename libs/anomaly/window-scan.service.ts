import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type EpisodeChange, episodeSeverity } from '#ml';
import { AppError, figure, isoTime, isoTimeOrNull, ProcessClock } from '#platform';
import { type AnomalyNames, ContributionDto } from './dto/anomaly.dto.js';
import { AnomalyService } from './anomaly.service.js';
import { contributionsOf } from './contributions.js';
import { type DetectorStream, LONGEST_GAP_MS, tagsOfStreams } from './detection/detector-stream.js';
import { Detectors } from './detection/detectors.service.js';
import type { DetectorScanDto, FoundAnomalyDto, ScanDto, ScanWindowDto } from './dto/scan-window.dto.js';
import { PlantWatch } from './sampling/plant-watch.service.js';
import { isMostlyMarked, type PlantSamples } from './sampling/plant-sampler.js';
import { SampleSource } from './sampling/sample-source.service.js';

const LONGEST_WINDOW_MS = 5 * 24 * 3_600_000;
const SAMPLES_PER_SLICE = 100;

/** Runs detectors over a past window on demand; nothing is stored. */
@Injectable()
export class WindowScan {
  constructor(
    private readonly detectors: Detectors,
    private readonly source: SampleSource,
    private readonly watch: PlantWatch,
    private readonly anomalies: AnomalyService,
    private readonly clock: ProcessClock,
  ) {}

  /** @throws AppError VALIDATION_FAILED, WINDOW_TOO_LONG, WINDOW_EMPTY, SAMPLING_NOT_LEARNT, DETECTOR_NOT_AVAILABLE */
  async run(dto: ScanWindowDto): Promise<ScanDto> {
    const from = this.clock.parseTime(dto.from, 'from');
    const to = this.clock.parseTime(dto.to, 'to');
    if (from >= to) throw AppError.invalid('from', 'must be before to');
    if (to - from > LONGEST_WINDOW_MS)
      throw AppError.invalid('to', 'must be at most 5 days after from', 'WINDOW_TOO_LONG');
    const streams = await (dto.detectors
      ? this.detectors.openNamed(dto.detectors)
      : this.detectors.openStreams());
    if (streams.length === 0)
      throw AppError.unprocessable('DETECTOR_NOT_AVAILABLE', 'There is no usable detector', {
        available: [],
      });
    const tagCodes = tagsOfStreams(streams);
    const samples = await this.source.readSamples(tagCodes, from, to);
    if (samples.timestamps.length === 0)
      throw AppError.unprocessable('WINDOW_EMPTY', 'There are no samples in this window');
    if (isMostlyMarked(samples.unwatched)) throw (await this.watch.at(to - 1)).refusal() ?? notLearnt();
    const names = await this.anomalies.names();
    const scans: DetectorScanDto[] = [];
    for (const stream of streams) {
      stream.takeFrom(tagCodes);
      scans.push(await scanWith(stream, samples, names));
    }
    return {
      from: isoTime(from),
      to: isoTime(to),
      sample_count: samples.timestamps.length,
      detectors: scans,
    };
  }
}

function notLearnt(): AppError {
  return AppError.unprocessable(
    'SAMPLING_NOT_LEARNT',
    'The samples of this window come otherwise than the detectors have learnt',
  );
}

async function scanWith(
  stream: DetectorStream,
  { timestamps, values, unwatched, afresh }: PlantSamples,
  names: AnomalyNames,
): Promise<DetectorScanDto> {
  const tags = values.length / timestamps.length;
  const times: string[] = [];
  const statistics: number[] = [];
  const found = new Map<number, FoundAnomalyDto>();
  const note = (change: EpisodeChange | undefined): void => {
    if (change) found.set(change.episode.startedAt, foundAnomaly(change, stream, names));
  };
  for (let row = 0; row < timestamps.length; row++) {
    const ts = timestamps[row];
    if (row > 0 && (ts - timestamps[row - 1] > LONGEST_GAP_MS || afresh[row] === 1))
      note(stream.interrupt(timestamps[row - 1]));
    const usable = values
      .subarray(row * tags, (row + 1) * tags)
      .map((value, tag) => (unwatched[row * tags + tag] === 1 ? NaN : value));
    const { reading, change } = stream.step(ts, usable);
    if (reading) {
      times.push(isoTime(ts));
      statistics.push(figure(reading.statistic));
    }
    note(change);
    if (row % SAMPLES_PER_SLICE === SAMPLES_PER_SLICE - 1) await setImmediate();
  }
  const { name, version } = stream.loaded;
  return {
    detector: name,
    model_version: version,
    threshold: figure(stream.limit),
    times,
    statistics,
    anomalies: [...found.values()],
  };
}

function foundAnomaly(
  { episode }: EpisodeChange,
  stream: DetectorStream,
  names: AnomalyNames,
): FoundAnomalyDto {
  const { startedAt, detectedAt, endedAt, peak, peakAt } = episode;
  return {
    started_at: isoTime(startedAt),
    detected_at: isoTime(detectedAt),
    ended_at: isoTimeOrNull(endedAt),
    severity: episodeSeverity(peak / stream.limit, (endedAt ?? detectedAt) - startedAt),
    peak_at: isoTime(peakAt),
    peak_score: figure(peak),
    contributions: contributionsOf(episode, stream.tagCodes).map((each) => ContributionDto.of(each, names)),
  };
}
