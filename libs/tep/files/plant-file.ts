export type PlantFileFormat = 'braatz' | 'braatz_transposed' | 'rieth' | 'wide' | 'long';

/** A line that could not be read, or not all of it, counted from 1, and why. */
export interface MalformedLine {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

export type PlantFileErrorCode = 'PLANT_FILE_MALFORMED' | 'PLANT_FILE_UNRECOGNISED';

/** A file that cannot be read (further). `line` is null when the complaint is about the file as a whole. */
export class PlantFileError extends Error {
  override readonly name = 'PlantFileError';

  constructor(
    readonly code: PlantFileErrorCode,
    readonly file: string,
    readonly line: number | null,
    readonly reason: string,
  ) {
    super(line === null ? `${file}: ${reason}` : `${file}, line ${line}: ${reason}`);
  }
}

/** One simulated or recorded run of the plant; a file holds one or many. */
export interface PlantRun {
  /** Unique within the file. */
  readonly key: string;
  /** Number of the disturbance, 0 for none, null when the file does not say. */
  readonly fault: number | null;
  readonly simulationRun: number | null;
  /** Index of the first sample with the fault on; null without a fault or when the file does not say. */
  readonly faultOnsetIndex: number | null;
}

/** All tags at one instant. */
export interface PlantSample {
  /** Line of the file; null in a transposed file, where a sample is a column. */
  readonly line: number | null;
  /** Position within the run from 0, rejected lines counted, so that index × interval is the time in the run. */
  readonly index: number;
  /** Epoch milliseconds UTC, null in formats that only number their samples. */
  readonly timeMs: number | null;
  /** In the order of {@link PlantFile.codes}; NaN where the file has no value. */
  readonly values: Float64Array;
}

/** What a file may say of a value, the best first, as the product's own CSV does. */
export const POINT_QUALITIES = ['good', 'uncertain', 'bad'] as const;
export type PointQuality = (typeof POINT_QUALITIES)[number];

export interface PlantPoint {
  readonly line: number;
  readonly code: string;
  /** Epoch milliseconds UTC. */
  readonly timeMs: number;
  readonly value: number;
  /** Good where the file says nothing. */
  readonly quality?: PointQuality;
}

/** Consecutive records of one run: whole samples, or single points when the file is one value a line. */
export type PlantBatch =
  | { readonly kind: 'samples'; readonly run: PlantRun; readonly samples: readonly PlantSample[] }
  | { readonly kind: 'points'; readonly run: PlantRun; readonly points: readonly PlantPoint[] };

/** How a file is written, where it does not show by itself. */
export interface FileDialect {
  /** Name of the character set, e.g. `euc-kr`; default UTF-8. */
  readonly encoding?: string | undefined;
  /** The character between fields; default: what the first line shows. */
  readonly delimiter?: string | undefined;
  /** The decimal separator; default a point. */
  readonly decimal?: '.' | ',' | undefined;
  /** What stands for a missing value, besides nothing, NaN, NA, N/A, null and none; a number in any spelling. */
  readonly missing?: readonly string[] | undefined;
  /** IANA name of the zone of times that carry none; default UTC. */
  readonly timeZone?: string | undefined;
}

export interface PlantFileOptions extends FileDialect {
  /**
   * Skip malformed lines, and of lines with many tags only the malformed cells, and report them (true), or stop at the
   * first with a {@link PlantFileError} (default).
   */
  readonly skipBad?: boolean | undefined;
  /** Called for every line and cell skipped; the report keeps only the first hundred. */
  readonly onMalformed?: ((line: MalformedLine) => void) | undefined;
  /** Longest line read, in characters; a longer one is malformed and never held in memory. Default 1 048 576. */
  readonly maxLineLength?: number | undefined;
  /** Most records in a batch; default 500. */
  readonly batchSize?: number | undefined;
}

const KEPT_COMPLAINTS = 100;

/** What was read so far; complete when the batches have come to their end. */
export class PlantFileReport {
  /** Records delivered: samples or points. */
  records = 0;
  /** Lines skipped as malformed. */
  malformed = 0;
  /** Cells skipped as malformed, of lines that were read. */
  malformedCells = 0;
  /** Cells of tags that hold nothing, or what stands for a missing value. */
  missing = 0;
  /** The first hundred of the lines and cells skipped. */
  readonly complaints: MalformedLine[] = [];

  constructor(
    private readonly file: string,
    private readonly options: PlantFileOptions,
  ) {}

  /**
   * Takes note of a malformed line.
   * @throws PlantFileError unless malformed lines are to be skipped
   */
  reject(line: number, reason: string): void {
    this.skip(line, reason);
    this.malformed++;
  }

  /**
   * Takes note of a malformed cell of a line whose other cells are kept.
   * @throws PlantFileError unless malformed cells are to be skipped
   */
  rejectCell(line: number, reason: string): void {
    this.skip(line, reason);
    this.malformedCells++;
  }

  /** Takes note of what is skipped without counting it. */
  complain(line: number, reason: string): void {
    const complaint = { file: this.file, line, reason };
    if (this.complaints.length < KEPT_COMPLAINTS) this.complaints.push(complaint);
    this.options.onMalformed?.(complaint);
  }

  private skip(line: number, reason: string): void {
    if (this.options.skipBad !== true)
      throw new PlantFileError('PLANT_FILE_MALFORMED', this.file, line, reason);
    this.complain(line, reason);
  }
}

/** A file opened for reading. Its format is known; its records come as `batches` are iterated, once. */
export interface PlantFile {
  readonly file: string;
  readonly format: PlantFileFormat;
  /** Tags the file has columns for, in the order of a sample's values; all tags for one value a line. */
  readonly codes: readonly string[];
  /** Columns that are no tag. */
  readonly ignoredColumns: readonly string[];
  readonly report: PlantFileReport;
  readonly batches: AsyncIterable<PlantBatch>;
  /** Releases the file when the batches are not read to their end. */
  close(): Promise<void>;
}
