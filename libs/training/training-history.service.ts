import { LEAST_RUN_ROWS, PREDICTION_DETECTOR } from '#ml';
import { Injectable } from '@nestjs/common';
import { AnomalyService, PlantWatch, SAMPLING_INTERVAL_MS, SampleSource } from '#anomaly';
import { type Lot, LotService } from '#lot';
import { AppError, isoTime, ProcessClock } from '#platform';
import { DETECTOR_TAGS } from '#tep';
import { SeriesReader, TagDirectory } from '#timeseries';
import { CompleteRuns } from './complete-runs.js';
import type { TrainModelDto } from './dto/train-model.dto.js';
import { lengthOf, type TimeSpan, unionOf, without } from './time-spans.js';
import type { LeftOut, TrainingHistoryRequest } from './training.entity.js';

const DAY_MS = 24 * 3_600_000;
/** 48 000 samples of 52 tags are 20 MB; the bank takes some 200 MB to fit them. */
const LONGEST_HISTORY_MS = 100 * DAY_MS;
/** Left out before an anomaly, where it had begun but not shown, and after it, where the plant settles. */
const AROUND_ANOMALY_MS = 3_600_000;
/** Read at a time: what others wait for meanwhile stays short. */
const SLICE_MS = DAY_MS;

/** Moments at which it is looked how history is sampled. */
const LOOKS = 8;

/** What of the windows may be learnt from. */
export interface NormalStretches {
  stretches: TimeSpan[];
  leftOut: Pick<LeftOut, 'anomalies' | 'anomalous_hours'>;
}

/** Normal operation, ready to be learnt from. */
export interface NormalRuns {
  /** Complete, consecutive samples each, row-major, in order of time. */
  runs: Float64Array[];
  leftOut: LeftOut;
  /** Of the lots it was asked for. */
  lotNumbers: string[];
}

/** Reads the plant's own history for trainings. */
@Injectable()
export class TrainingHistory {
  constructor(
    private readonly lots: LotService,
    private readonly anomalies: AnomalyService,
    private readonly source: SampleSource,
    private readonly watch: PlantWatch,
    private readonly reader: SeriesReader,
    private readonly tags: TagDirectory,
    private readonly clock: ProcessClock,
  ) {}

  /**
   * The windows a request means; an open lot reaches until now.
   * @throws AppError VALIDATION_FAILED, LOT_NOT_FOUND, LOT_LOADING, LOT_NOT_NORMAL, TRAINING_WINDOW_TOO_LONG
   */
  async requested({
    lot_ids: lotIds = [],
    windows = [],
    keep_anomalous,
  }: TrainModelDto): Promise<TrainingHistoryRequest> {
    if (lotIds.length === 0 && windows.length === 0)
      throw AppError.invalid('lot_ids', 'or windows must say which normal operation to learn from');
    const now = this.clock.now();
    const spans = windows.map((window, i) => {
      const from = this.clock.parseTime(window.from, `windows.${i}.from`);
      const to = this.clock.parseTime(window.to, `windows.${i}.to`);
      if (from >= to) throw AppError.invalid(`windows.${i}.from`, 'must be before to');
      if (to > now)
        throw AppError.invalid(`windows.${i}.to`, `must not be after the plant's now, ${isoTime(now)}`);
      return { from, to };
    });
    for (const id of lotIds) {
      const lot = await this.lots.require(id);
      refuseUnusable(lot);
      spans.push({ from: lot.startedAt, to: lot.endedAt ?? now });
    }
    const joined = unionOf(spans);
    if (lengthOf(joined) > LONGEST_HISTORY_MS)
      throw AppError.unprocessable(
        'TRAINING_WINDOW_TOO_LONG',
        `The windows are ${days(lengthOf(joined))} days long together, at most ${days(LONGEST_HISTORY_MS)} can be learnt from`,
      );
    return { lotIds, windows: joined, keepAnomalous: keep_anomalous };
  }

  /** The windows without the time in which the plant is known or believed not to have been normal. */
  async normalStretches({ windows, keepAnomalous }: TrainingHistoryRequest): Promise<NormalStretches> {
    if (keepAnomalous) return { stretches: windows, leftOut: { anomalies: 0, anomalous_hours: 0 } };
    const [from, to] = [windows[0].from, windows[windows.length - 1].to];
    const now = this.clock.now();
    const spans = await this.anomalies.findDisturbedSpans(PREDICTION_DETECTOR, from, to);
    const holes = spans.map(({ startedAt, endedAt }) => ({
      from: startedAt - AROUND_ANOMALY_MS,
      to: (endedAt ?? now) + AROUND_ANOMALY_MS,
    }));
    const stretches = without(windows, holes);
    const reaching = holes.filter((hole) =>
      windows.some((window) => hole.from < window.to && hole.to > window.from),
    );
    const hours = (lengthOf(windows) - lengthOf(stretches)) / 3_600_000;
    return {
      stretches,
      leftOut: { anomalies: reaching.length, anomalous_hours: Math.round(hours * 10) / 10 },
    };
  }

  /**
   * Refuses history that is sampled otherwise than models learn: if it is so at most of some moments spread over it.
   * @throws AppError SAMPLING_NOT_LEARNT
   */
  async requireSampling(stretches: readonly TimeSpan[]): Promise<void> {
    const whole = lengthOf(stretches);
    const refusals: AppError[] = [];
    let looked = 0;
    for (const { from, to } of stretches) {
      const looks = Math.max(1, Math.round((LOOKS * (to - from)) / whole));
      for (let look = 1; look <= looks && looked < 2 * LOOKS; look++, looked++) {
        const refusal = (await this.watch.at(from + ((to - from) * look) / looks)).refusal();
        if (refusal) refusals.push(refusal);
      }
    }
    if (refusals.length > looked / 2) throw refusals[0];
  }

  /** The most samples the stretches can give: the good ones of the tag that has the fewest. Cheap: counted from rollups. */
  async mostSamples(stretches: readonly TimeSpan[]): Promise<number> {
    const known = await this.tags.all();
    const ids = DETECTOR_TAGS.flatMap((code) => known.get(code)?.id ?? []);
    if (ids.length < DETECTOR_TAGS.length) return 0;
    let samples = 0;
    for (const { from, to } of stretches) {
      if (to - from < LEAST_RUN_ROWS * SAMPLING_INTERVAL_MS) continue;
      const statistics = await this.reader.statistics(ids, from, to);
      const most = Math.ceil((to - from) / SAMPLING_INTERVAL_MS);
      samples += Math.min(most, ...ids.map((id) => statistics.get(id)?.count ?? 0));
    }
    return samples;
  }

  /**
   * Reads what there is to learn from, a day at a time.
   * @param onProgress share that is read
   */
  async read(
    request: TrainingHistoryRequest,
    signal: AbortSignal,
    onProgress: (share: number) => void,
  ): Promise<NormalRuns> {
    const { stretches, leftOut } = await this.normalStretches(request);
    const lots = await Promise.all(request.lotIds.map((id) => this.lots.require(id)));
    const runs = new CompleteRuns(DETECTOR_TAGS.length);
    const whole = lengthOf(stretches);
    let read = 0;
    for (const stretch of stretches) {
      for (let from = stretch.from; from < stretch.to; from += SLICE_MS) {
        signal.throwIfAborted();
        const to = Math.min(from + SLICE_MS, stretch.to);
        runs.add(await this.source.readSamples(DETECTOR_TAGS, from, to, 'good'));
        onProgress((read += to - from) / whole);
      }
      runs.endStretch();
    }
    const found = runs.finish();
    const tooShort = found
      .map((run) => run.length / DETECTOR_TAGS.length)
      .filter((rows) => rows < LEAST_RUN_ROWS);
    return {
      runs: found,
      lotNumbers: lots.map(({ lotNo }) => lotNo),
      leftOut: {
        ...leftOut,
        ...runs.faults,
        short_stretch_samples: tooShort.reduce((sum, rows) => sum + rows, 0),
      },
    };
  }
}

function refuseUnusable({ id, lotNo, status, knownFault }: Lot): void {
  if (status === 'loading')
    throw AppError.conflict('LOT_LOADING', `Lot ${lotNo} is still being loaded from a file`);
  if (knownFault !== null && knownFault > 0)
    throw AppError.unprocessable(
      'LOT_NOT_NORMAL',
      `Lot ${lotNo} was made under disturbance ${knownFault}; a detector learns what is normal`,
      { lot_id: id, known_fault: knownFault },
    );
}

function days(ms: number): number {
  return Math.round((ms / DAY_MS) * 10) / 10;
}
