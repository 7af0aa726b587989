import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { braatzCodes, braatzRun, readBraatzRows, readBraatzTransposed } from './braatz-dat.reader.js';
import { FieldParser } from './field-parser.js';
import { UndecidedHourError } from './local-clock.js';
import { readLines, type TextLine } from './line.reader.js';
import { readLongCsv } from './long-csv.reader.js';
import { PlantFileError, PlantFileReport } from './plant-file.js';
import type { PlantBatch, PlantFile, PlantFileOptions, PlantRun } from './plant-file.js';
import { LINES_TO_SNIFF, sniffPlantFile, type SniffedFile } from './plant-file.sniffer.js';
import { readRiethCsv } from './rieth-csv.reader.js';
import type { SampleReading } from './sample-batches.js';
import { NotTextError } from './text-decoding.js';
import { DETECTOR_TAGS } from '../catalogue/tags.js';
import { readWideCsv } from './wide-csv.reader.js';

const DEFAULT_MAX_LINE_LENGTH = 1_048_576;
const DEFAULT_BATCH_SIZE = 500;
const READ_CHUNK_BYTES = 262_144;

/**
 * Opens a file of plant data and detects its format from its first lines.
 * @throws PlantFileError when it is in no known format, RangeError when the dialect names an encoding or a time zone
 * there is not, and the file system's errors
 */
export function openPlantFile(path: string, options: PlantFileOptions = {}): Promise<PlantFile> {
  return openPlantStream(
    createReadStream(path, { highWaterMark: READ_CHUNK_BYTES }),
    basename(path),
    options,
  );
}

/**
 * The same for bytes from anywhere. `file` names them in complaints and, for formats which do not number their runs,
 * gives the key of the run.
 */
export async function openPlantStream(
  source: AsyncIterable<Uint8Array>,
  file: string,
  options: PlantFileOptions = {},
): Promise<PlantFile> {
  const parser = new FieldParser(options);
  const lines = linesOf(source, file, options);
  const report = new PlantFileReport(file, options);
  const first = await peek(lines);
  const sniffed = sniffPlantFile(first.flat(), parser, options.delimiter);
  if (typeof sniffed === 'string') {
    await lines.return(undefined);
    throw new PlantFileError('PLANT_FILE_UNRECOGNISED', file, null, sniffed);
  }
  const { run, codes, ignoredColumns } = contentOf(sniffed, file);
  const batchSize = options.batchSize ?? DEFAULT_BATCH_SIZE;
  const reading: SampleReading = { file, run, report, parser, batchSize };
  return {
    file,
    format: sniffed.format,
    codes,
    ignoredColumns,
    report,
    batches: decided(batchesOf(sniffed, resume(first, lines), reading), file),
    close: async () => {
      await lines.return(undefined);
    },
  };
}

async function* linesOf(
  source: AsyncIterable<Uint8Array>,
  file: string,
  { maxLineLength = DEFAULT_MAX_LINE_LENGTH, encoding }: PlantFileOptions,
): AsyncGenerator<TextLine[]> {
  try {
    yield* readLines(source, maxLineLength, encoding);
  } catch (error) {
    if (!(error instanceof NotTextError)) throw error;
    const reason = `not text in ${error.encoding}; name its encoding with --encoding`;
    throw new PlantFileError('PLANT_FILE_UNRECOGNISED', file, error.line, reason);
  }
}

/** Groups of lines from the start, enough to sniff. */
async function peek(lines: AsyncGenerator<TextLine[]>): Promise<TextLine[][]> {
  const groups: TextLine[][] = [];
  let readable = 0;
  while (readable < LINES_TO_SNIFF) {
    const next = await lines.next();
    if (next.done === true) break;
    groups.push(next.value);
    readable += next.value.filter(({ text }) => text !== null && text.trim() !== '').length;
  }
  return groups;
}

async function* resume(first: TextLine[][], rest: AsyncGenerator<TextLine[]>): AsyncGenerator<TextLine[]> {
  yield* first;
  yield* rest;
}

function contentOf(sniffed: SniffedFile, file: string) {
  if ('columns' in sniffed) {
    const key = file.replace(/\.[^.]*$/, '');
    const run: PlantRun = { key, fault: null, simulationRun: null, faultOnsetIndex: null };
    return { run, codes: sniffed.codes, ignoredColumns: sniffed.ignoredColumns };
  }
  return { run: braatzRun(file), codes: braatzCodes(sniffed.width) ?? DETECTOR_TAGS, ignoredColumns: [] };
}

function batchesOf(
  sniffed: SniffedFile,
  lines: AsyncIterable<TextLine[]>,
  reading: SampleReading,
): AsyncGenerator<PlantBatch> {
  switch (sniffed.format) {
    case 'braatz':
      return readBraatzRows(lines, sniffed, reading);
    case 'braatz_transposed':
      return readBraatzTransposed(lines, sniffed, reading);
    case 'rieth':
      return readRiethCsv(withoutHeader(lines), sniffed.columns, reading);
    case 'wide':
      return readWideCsv(withoutHeader(lines), sniffed.columns, reading);
    case 'long':
      return readLongCsv(withoutHeader(lines), sniffed.columns, reading);
  }
}

async function* decided(batches: AsyncGenerator<PlantBatch>, file: string): AsyncGenerator<PlantBatch> {
  try {
    yield* batches;
  } catch (error) {
    if (!(error instanceof UndecidedHourError)) throw error;
    throw new PlantFileError('PLANT_FILE_MALFORMED', file, error.line, error.message);
  }
}

/** Drops everything up to the first line with text. */
async function* withoutHeader(lines: AsyncIterable<TextLine[]>): AsyncGenerator<TextLine[]> {
  let seen = false;
  for await (const group of lines) {
    if (seen) yield group;
    else {
      const header = group.findIndex(({ text }) => text !== null && text.trim() !== '');
      seen = header >= 0;
      if (seen) yield group.slice(header + 1);
    }
  }
}
