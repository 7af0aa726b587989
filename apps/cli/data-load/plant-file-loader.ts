import type { INestApplicationContext } from '@nestjs/common';
import { basename } from 'node:path';
import { type PlantBatch, type PlantFile, plantPoints } from '#tep';
import { mendedText, textStart } from '#text';
import { type Lot, LotService } from '#lot';
import { PlantStatus } from '#plant';
import { AppError, Database, isoTime, ProcessClock } from '#platform';
import {
  QUALITIES,
  SampleEraser,
  type SamplePoint,
  SampleWriter,
  SeriesReader,
  TagDirectory,
} from '#timeseries';
import { TimeseriesSettings } from '#timeseries/settings';
import type { RepeatedSamples } from './repeated-samples.js';
import {
  type FileReading,
  type FileSurvey,
  readPlantFile,
  type SurveyedRun,
  surveyPlantFile,
} from './plant-file-survey.js';

const RECORDING_INTERVAL_MS = 180_000;
const FUTURE_TOLERANCE_MS = 300_000;
const DAY_MS = 86_400_000;
const SAMPLES_PER_WRITE = 5_000;
const LOT_NO_LENGTH = 60;
const NOTE_LENGTH = 1_000;

export interface LoadOptions extends FileReading {
  /** Number of the lot; runs of a file with several are distinguished by their own names after it. */
  lotNo?: string | undefined;
  /** Epoch milliseconds of the first sample; files with times of their own are shifted there. */
  startMs?: number | undefined;
}

/** What was loaded of a file. */
export interface LoadedFile {
  survey: FileSurvey;
  lots: Lot[];
  samples: number;
  /** Where the next file may begin. */
  endMs: number;
}

/** A run and where on the plant's timeline it goes. */
interface PlannedRun {
  key: string;
  lotNo: string;
  startedAt: number;
  endedAt: number;
  /** Added to the times of the file, where it has any. */
  shiftMs: number;
  knownFault: number | null;
  note: string;
}

/** Brings plant files into the database as lots: a file is there completely, or not at all. */
export class PlantFileLoader {
  private readonly lots: LotService;
  private readonly writer: SampleWriter;
  private readonly eraser: SampleEraser;
  private readonly reader: SeriesReader;
  private readonly tags: TagDirectory;
  private readonly database: Database;
  private readonly clock: ProcessClock;
  private readonly settings: TimeseriesSettings;
  private readonly plant: PlantStatus;

  constructor(context: Pick<INestApplicationContext, 'get'>) {
    const get = <T>(token: new (...args: never[]) => T): T => context.get<T>(token, { strict: false });
    this.lots = get(LotService);
    this.writer = get(SampleWriter);
    this.eraser = get(SampleEraser);
    this.reader = get(SeriesReader);
    this.tags = get(TagDirectory);
    this.database = get(Database);
    this.clock = get(ProcessClock);
    this.settings = get(TimeseriesSettings);
    this.plant = get(PlantStatus);
  }

  /**
   * Loads a file in two readings: the first finds its runs and its faults, the second writes.
   * When the second fails or is aborted, what it wrote is removed again.
   * @throws AppError as surveyPlantFile; FILE_EMPTY, LOT_EXISTS, LOT_OVERLAP, WINDOW_IN_USE, SAMPLE_TOO_OLD, SAMPLE_IN_FUTURE
   */
  async load(path: string, options: LoadOptions): Promise<LoadedFile> {
    const survey = await surveyPlantFile(path, options);
    if (survey.runs.length === 0)
      throw new AppError({
        kind: 'invalid',
        code: 'FILE_EMPTY',
        message: `${basename(path)} holds no samples`,
      });
    const plan = await this.plan(basename(path), survey.runs, options);
    await this.removeRemains(plan);
    await this.requireFree(plan);
    const lots = await this.openLots(plan);
    try {
      const samples = await this.write(path, survey.runs, plan, options);
      await this.database.transaction(async () => {
        for (const { id } of lots) await this.lots.finishLoading(id);
      });
      return { survey, lots, samples, endMs: plan[plan.length - 1].endedAt };
    } catch (error) {
      await this.remove(lots);
      throw error;
    }
  }

  private async plan(file: string, runs: SurveyedRun[], options: LoadOptions): Promise<PlannedRun[]> {
    const { lotNo } = options;
    let next = options.startMs ?? (await this.startBeforeEverything(runs));
    return runs.map((surveyed) => {
      const { run } = surveyed;
      const timed = surveyed.firstMs !== Infinity;
      const startedAt = timed && options.startMs === undefined ? surveyed.firstMs : next;
      const endedAt = startedAt + durationOf(surveyed);
      next = endedAt;
      return {
        key: run.key,
        lotNo: lotNumber(lotNo === undefined ? run.key : runs.length === 1 ? lotNo : `${lotNo}-${run.key}`),
        startedAt,
        endedAt,
        shiftMs: timed ? startedAt - surveyed.firstMs : 0,
        knownFault: run.fault !== null && run.fault <= 21 ? run.fault : null,
        note: noteOf(file, surveyed),
      };
    });
  }

  /** Where runs without times of their own go: right before the oldest lot and sample there are. */
  private async startBeforeEverything(runs: SurveyedRun[]): Promise<number> {
    const oldest = Math.min(
      (await this.plant.comingHistoryStart()) ?? this.clock.now(),
      (await this.lots.earliestStart()) ?? Infinity,
      (await this.reader.earliest(await this.tags.plantTagIds())) ?? Infinity,
    );
    const start = oldest - runs.reduce((sum, run) => sum + durationOf(run), 0);
    return Math.floor(start / RECORDING_INTERVAL_MS) * RECORDING_INTERVAL_MS;
  }

  /** A load that was killed leaves lots that are still loading: they are removed before they are loaded again. */
  private async removeRemains(plan: PlannedRun[]): Promise<void> {
    for (const { lotNo } of plan) {
      const lot = await this.lots.findByNumber(lotNo);
      if (lot?.status === 'loading') await this.remove([lot]);
    }
  }

  private async requireFree(plan: PlannedRun[]): Promise<void> {
    const first = Math.min(...plan.map(({ startedAt }) => startedAt));
    const end = Math.max(...plan.map(({ endedAt }) => endedAt));
    const now = this.clock.now();
    if (end > now + FUTURE_TOLERANCE_MS)
      throw refusal(
        'SAMPLE_IN_FUTURE',
        `The data would end at ${isoTime(end)}, after the plant's now, ${isoTime(now)}`,
      );
    if (first < now - this.settings.rawRetentionDays * DAY_MS)
      throw refusal(
        'SAMPLE_TOO_OLD',
        `The data would begin at ${isoTime(first)}, but raw samples are kept for ${this.settings.rawRetentionDays} days; ` +
          'give another --start, or raise RAW_RETENTION_DAYS',
      );
    const history = await this.plant.comingHistoryStart();
    if (history !== undefined && end > history)
      throw refusal(
        'WINDOW_IN_USE',
        `From ${isoTime(history)} on the simulated plant writes its history when it starts for the first time; ` +
          'start the product before, or give an earlier --start',
      );
    const tagIds = await this.tags.plantTagIds();
    for (const run of plan) {
      const count = await this.reader.count(tagIds, run.startedAt, run.endedAt);
      if (count > 0)
        throw refusal(
          'WINDOW_IN_USE',
          `From ${isoTime(run.startedAt)} to ${isoTime(run.endedAt)} there are ${count} samples already; give another --start`,
        );
    }
  }

  private openLots(plan: PlannedRun[]): Promise<Lot[]> {
    return this.database.transaction(async () => {
      const lots: Lot[] = [];
      for (const { lotNo, startedAt, endedAt, knownFault, note } of plan) {
        if (await this.lots.findByNumber(lotNo))
          throw AppError.conflict(
            'LOT_EXISTS',
            `There is a lot ${lotNo} already; give another name with --lot`,
          );
        lots.push(await this.lots.add({ lotNo, startedAt, endedAt, knownFault, note, status: 'loading' }));
      }
      return lots;
    });
  }

  private async write(
    path: string,
    surveyed: SurveyedRun[],
    plan: PlannedRun[],
    options: LoadOptions,
  ): Promise<number> {
    const repeats = new Map(surveyed.map((each) => [each.run.key, each.repeats]));
    const runs = new Map(plan.map((run) => [run.key, run]));
    const planned = (key: string): PlannedRun => runs.get(key) ?? fileChanged(path);
    const tags = await this.tags.all();
    let written = 0;
    let points: SamplePoint[] = [];
    const flush = async (): Promise<void> => {
      written += (await this.writer.write(points)).written;
      points = [];
    };
    await readPlantFile(path, options, async (read) => {
      const file = { ...read, batches: withoutRepeats(read, repeats) };
      for await (const batch of plantPoints(file, { startMs: ({ key }) => planned(key).startedAt })) {
        const { shiftMs, startedAt, endedAt } = planned(batch.run.key);
        for (const { code, timeMs, value, quality = 'good' } of batch.points) {
          const ts = timeMs + shiftMs;
          if (ts < startedAt || ts >= endedAt) fileChanged(path);
          points.push({ tagId: tags.get(code)?.id ?? -1, ts, value, quality: QUALITIES.indexOf(quality) });
        }
        if (points.length >= SAMPLES_PER_WRITE) await flush();
      }
    });
    await flush();
    return written;
  }

  private async remove(lots: Lot[]): Promise<void> {
    for (const { id, startedAt, endedAt } of lots) {
      await this.eraser.erase(startedAt, endedAt ?? startedAt);
      await this.lots.discard(id);
    }
  }
}

async function* withoutRepeats(
  { batches, codes }: PlantFile,
  repeats: ReadonlyMap<string, RepeatedSamples>,
): AsyncGenerator<PlantBatch> {
  for await (const batch of batches)
    yield repeats.get(batch.run.key)?.withoutRepeats(batch, codes, () => undefined) ?? batch;
}

/** Samples without times are three minutes apart; a file with times is over with its last one. */
function durationOf({ length, firstMs, lastMs }: SurveyedRun): number {
  return firstMs === Infinity ? length * RECORDING_INTERVAL_MS : lastMs - firstMs + 1;
}

/** What names a run, as the number of a lot may be: file systems hand out decomposed letters and whatever else. */
function lotNumber(text: string): string {
  const number = mendedText(text)
    .replace(/[^\p{L}\p{N} ._/-]/gu, '-')
    .replace(/^[^\p{L}\p{N}]+/u, '');
  return number === '' ? 'lot' : textStart(number, LOT_NO_LENGTH);
}

function noteOf(file: string, { run }: SurveyedRun): string {
  const onset = run.faultOnsetIndex === null ? '' : `; fault from sample ${run.faultOnsetIndex + 1}`;
  return textStart(mendedText(`Loaded from ${file}${onset}`), NOTE_LENGTH);
}

function refusal(code: string, message: string): AppError {
  return AppError.unprocessable(code, message);
}

function fileChanged(path: string): never {
  throw refusal('FILE_CHANGED', `${path} changed while it was being loaded`);
}
