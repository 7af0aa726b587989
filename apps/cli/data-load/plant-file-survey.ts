import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  type FileDialect,
  openPlantStream,
  PlantFileError,
  type PlantBatch,
  type PlantFile,
  type PlantFileOptions,
  type PlantFileReport,
  type PlantRun,
} from '#tep';
import { AppError, isoTime } from '#platform';
import { type Contradiction, RepeatedSamples } from './repeated-samples.js';
import { SampleSpacing, type Spacing } from './sample-spacing.js';

/** Of larger chunks the lines outlive young garbage collections: memory then grows with the file. */
const READ_CHUNK_BYTES = 16_384;
/** Samples of all tags, or single points: about one transaction of the former. */
const BATCH_SIZE = 100;

/** How a file is read. */
export interface FileReading extends FileDialect, Pick<PlantFileOptions, 'skipBad'> {
  /** Called with how many more bytes have been read. */
  onBytes?: ((bytes: number) => void) | undefined;
  /** Ends the reading before its end, with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** What a file holds of one run. */
export interface SurveyedRun {
  run: PlantRun;
  /** One more than the highest index of a sample; 0 for single points. */
  length: number;
  /** Epoch milliseconds of the first and last sample, in formats that say; else Infinity and −Infinity. */
  firstMs: number;
  lastMs: number;
  spacing: SampleSpacing;
  repeats: RepeatedSamples;
}

/** What a file holds, found by reading all of it. */
export interface FileSurvey {
  runs: SurveyedRun[];
  report: PlantFileReport;
  /** Names of the columns that are no tag. */
  ignoredColumns: readonly string[];
  /** Values that contradict an earlier one of the same tag and time, and are skipped. */
  contradictions: number;
  /** How far apart samples are, when that is far from what the plant records. */
  unusualSpacing: Spacing | undefined;
}

/** Size of a file in bytes. @throws AppError FILE_UNREADABLE */
export async function sizeOfFile(path: string): Promise<number> {
  try {
    const { size } = await stat(path);
    return size;
  } catch (error) {
    throw unreadable(path, error);
  }
}

/**
 * Reads a file to its end without keeping its samples: whatever is wrong with it is known before anything is stored.
 * Only a file out of order in time is read once more, to see whether it holds two values for a tag and time.
 * @throws AppError FILE_UNREADABLE, PLANT_FILE_MALFORMED (with file, line and reason), PLANT_FILE_UNRECOGNISED,
 * SAMPLE_CONTRADICTED, FILE_UNORDERED
 */
export async function surveyPlantFile(path: string, reading: FileReading): Promise<FileSurvey> {
  const runs = new Map<string, SurveyedRun>();
  const survey = await readPlantFile(path, reading, async (file) => {
    for await (const batch of file.batches) extend(runs, batch);
    return { report: file.report, ignoredColumns: file.ignoredColumns };
  });
  const suspected = [...runs.values()].some(({ repeats }) => repeats.suspected);
  const contradictions = suspected ? await contradictionsIn(path, reading, runs, survey.report) : 0;
  const unusual = [...runs.values()].map(({ spacing }) => spacing.unusual());
  return {
    ...survey,
    runs: [...runs.values()],
    contradictions,
    unusualSpacing: unusual.find((spacing) => spacing !== undefined),
  };
}

async function contradictionsIn(
  path: string,
  reading: FileReading,
  runs: ReadonlyMap<string, SurveyedRun>,
  report: PlantFileReport,
): Promise<number> {
  let contradictions = 0;
  const onContradiction = (contradiction: Contradiction): void => {
    const { line } = contradiction;
    const reason = reasonOf(contradiction);
    if (reading.skipBad !== true) throw contradicted(path, line, reason);
    report.complain(line ?? 0, reason);
    contradictions++;
  };
  for (const { repeats } of runs.values()) repeats.restart();
  await readPlantFile(path, { ...reading, onBytes: undefined }, async (file) => {
    for await (const batch of file.batches)
      runs.get(batch.run.key)?.repeats.withoutRepeats(batch, file.codes, onContradiction);
  });
  for (const { repeats } of runs.values()) repeats.restart();
  return contradictions;
}

function reasonOf({ code, timeMs, index, before, value }: Contradiction): string {
  const when = timeMs === null ? `in sample ${index + 1}` : `at ${isoTime(timeMs)}`;
  return `${code} is ${value} ${when}, and ${before} before`;
}

function contradicted(path: string, line: number | null, reason: string): AppError {
  const place = line === null ? basename(path) : `${basename(path)}, line ${line}`;
  return new AppError({
    kind: 'invalid',
    code: 'SAMPLE_CONTRADICTED',
    message: `${place}: ${reason}; --skip-bad keeps the first of such values`,
  });
}

/**
 * Opens a file, passes it to `read` and releases it.
 * @throws AppError as surveyPlantFile, and whatever `read` throws
 */
export async function readPlantFile<T>(
  path: string,
  { onBytes, signal, ...options }: FileReading,
  read: (file: PlantFile) => Promise<T>,
): Promise<T> {
  try {
    const source = chunksOf(path, { onBytes, signal });
    const file = await openPlantStream(source, basename(path), {
      ...options,
      batchSize: BATCH_SIZE,
    });
    try {
      return await read(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** The bytes of a file, all in one piece of memory: a chunk is good until the next is asked for. */
async function* chunksOf(
  path: string,
  { onBytes, signal }: Pick<FileReading, 'onBytes' | 'signal'>,
): AsyncGenerator<Uint8Array> {
  const chunk = new Uint8Array(READ_CHUNK_BYTES);
  const handle = await open(path);
  try {
    for (;;) {
      const { bytesRead } = await handle.read(chunk);
      if (bytesRead === 0) return;
      onBytes?.(bytesRead);
      signal?.throwIfAborted();
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

function extend(runs: Map<string, SurveyedRun>, batch: PlantBatch): void {
  const known = runs.get(batch.run.key) ?? {
    run: batch.run,
    length: 0,
    firstMs: Infinity,
    lastMs: -Infinity,
    spacing: new SampleSpacing(),
    repeats: new RepeatedSamples(),
  };
  runs.set(batch.run.key, known);
  known.spacing.note(batch);
  known.repeats.note(batch);
  if (batch.kind === 'samples')
    for (const { index } of batch.samples) known.length = Math.max(known.length, index + 1);
  for (const { timeMs } of batch.kind === 'samples' ? batch.samples : batch.points) {
    if (timeMs === null) continue;
    known.firstMs = Math.min(known.firstMs, timeMs);
    known.lastMs = Math.max(known.lastMs, timeMs);
  }
}

/** The file system's and the readers' complaints as refusals that are shown without a stack. */
function unreadable(path: string, error: unknown): unknown {
  if (error instanceof PlantFileError)
    return new AppError({ kind: 'invalid', code: error.code, message: error.message, cause: error });
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined || code === undefined) return error;
  return new AppError({
    kind: 'invalid',
    code: 'FILE_UNREADABLE',
    message: `${path} cannot be read: ${(error as Error).message}`,
    cause: error,
  });
}
