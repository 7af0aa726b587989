import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  openPlantStream,
  PlantFileError,
  type PlantBatch,
  type PlantFile,
  type PlantFileOptions,
  type PlantFileReport,
  type PlantRun,
} from '#tep';
import { AppError } from '#platform';

const READ_CHUNK_BYTES = 262_144;
/** Samples of all tags, or single points: about one transaction of the former. */
const BATCH_SIZE = 100;

/** How a file is read. */
export interface FileReading extends Pick<PlantFileOptions, 'skipBad'> {
  /** Told how many more bytes have been read. */
  onBytes?: (bytes: number) => void;
  /** Ends the reading before its end, with the signal's reason. */
  signal?: AbortSignal;
}

/** What a file holds of one run. */
export interface SurveyedRun {
  run: PlantRun;
  /** One more than the highest index of a sample; 0 for single points. */
  length: number;
  /** Epoch milliseconds of the first and last sample, in formats that say; else Infinity and −Infinity. */
  firstMs: number;
  lastMs: number;
}

/** What a file holds, found by reading all of it once. */
export interface FileSurvey {
  runs: SurveyedRun[];
  report: PlantFileReport;
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
 * @throws AppError FILE_UNREADABLE, PLANT_FILE_MALFORMED (with file, line and reason), PLANT_FILE_UNRECOGNISED
 */
export async function surveyPlantFile(path: string, reading: FileReading): Promise<FileSurvey> {
  return readPlantFile(path, reading, async (file) => {
    const runs = new Map<string, SurveyedRun>();
    for await (const batch of file.batches) extend(runs, batch);
    return { runs: [...runs.values()], report: file.report };
  });
}

/**
 * Opens a file, hands it to `read` and releases it.
 * @throws AppError as surveyPlantFile, and whatever `read` throws
 */
export async function readPlantFile<T>(
  path: string,
  { skipBad, ...watching }: FileReading,
  read: (file: PlantFile) => Promise<T>,
): Promise<T> {
  const source = createReadStream(path, { highWaterMark: READ_CHUNK_BYTES });
  try {
    const file = await openPlantStream(watched(source, watching), basename(path), {
      skipBad,
      batchSize: BATCH_SIZE,
    });
    return await read(file);
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    source.destroy();
  }
}

async function* watched(
  source: AsyncIterable<Uint8Array>,
  { onBytes, signal }: Pick<FileReading, 'onBytes' | 'signal'>,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    onBytes?.(chunk.length);
    signal?.throwIfAborted();
    yield chunk;
  }
}

function extend(runs: Map<string, SurveyedRun>, batch: PlantBatch): void {
  const known = runs.get(batch.run.key) ?? {
    run: batch.run,
    length: 0,
    firstMs: Infinity,
    lastMs: -Infinity,
  };
  runs.set(batch.run.key, known);
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
