import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { NotTextError, readLines } from '#tep';
import { AppError, ProcessClock } from '#platform';
import { IngestReplyDto } from './dto/ingest.dto.js';
import { SampleCollection } from '../samples/sample-columns.js';
import { CsvLines, NdjsonLines, type SampleLines } from './sample-lines.js';
import { SampleRefusal, SampleRules } from './sample-rules.js';
import { SampleWriter, type WriteResult } from './sample-writer.service.js';
import { TagDirectory } from '../samples/tag-directory.service.js';
import { TimeseriesSettings } from '../timeseries.settings.js';

/** Samples of one JSON body, records counted as the values they hold. */
export const MAX_BATCH_SAMPLES = 20_000;
/** Samples of a stream that are kept as a whole or not at all. */
export const CHUNK_SAMPLES = 5_000;
/** Chunks that are written in one transaction when a stream is fast: what they touch together is then written once. */
const CHUNKS_AT_ONCE = 4;
export const MAX_LINE_LENGTH = 65_536;
const FUTURE_TOLERANCE_MS = 300_000;
const DAY_MS = 86_400_000;

export type StreamFormat = 'ndjson' | 'csv';

/** Takes in samples that people and programs send. */
@Injectable()
export class IngestService {
  constructor(
    private readonly writer: SampleWriter,
    private readonly tags: TagDirectory,
    private readonly clock: ProcessClock,
    private readonly settings: TimeseriesSettings,
  ) {}

  /**
   * Writes a JSON batch, all of it or nothing.
   * @throws AppError VALIDATION_FAILED, TAG_NOT_FOUND, SAMPLE_INVALID, SAMPLE_IN_FUTURE, SAMPLE_TOO_OLD, BATCH_TOO_LARGE
   */
  async batch(body: unknown): Promise<IngestReplyDto> {
    const { samples, records } = batchOf(body);
    const rules = await this.rules();
    const points = [
      ...samples.map((sample, i) => placed(`samples[${i}]`, () => rules.sample(sample))),
      ...records.flatMap((record, i) => placed(`records[${i}]`, () => rules.record(record))),
    ];
    if (points.length > MAX_BATCH_SAMPLES) throw batchTooLarge();
    await setImmediate();
    const overwritten = overwrittenIn(points.length, await this.writer.write(points));
    return { accepted: points.length, overwritten, chunks: 1 };
  }

  /**
   * Writes a stream of lines in chunks of CHUNK_SAMPLES, each of them whole or not at all. A piece without bytes says that the
   * sender pauses: the chunks that have come are then written.
   * @throws AppError with the line at fault and what was kept
   */
  async stream(bytes: AsyncIterable<Uint8Array>, format: StreamFormat): Promise<IngestReplyDto> {
    const rules = await this.rules();
    const ingest = new StreamIngest(
      this.writer,
      format === 'csv' ? new CsvLines(rules) : new NdjsonLines(rules),
    );
    await ingest.run(bytes);
    return ingest.kept;
  }

  private async rules(): Promise<SampleRules> {
    const now = this.clock.now();
    return new SampleRules(await this.tags.all(), {
      earliest: now - this.settings.rawRetentionDays * DAY_MS,
      latest: now + FUTURE_TOLERANCE_MS,
      timeZone: this.clock.timeZone,
    });
  }
}

interface Chunk {
  samples: SampleCollection;
  lastLine: number;
}

/** One stream on its way into the database. */
class StreamIngest {
  readonly kept: IngestReplyDto = { accepted: 0, overwritten: 0, chunks: 0 };
  private keptThroughLine = 0;
  private line = 0;
  private samples = new SampleCollection();
  /** Those that have not been written yet. */
  private chunks: Chunk[] = [];

  constructor(
    private readonly writer: SampleWriter,
    private readonly lines: SampleLines,
  ) {}

  async run(bytes: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      await this.readAndWrite(bytes);
      if (this.kept.accepted === 0) throw AppError.invalid('body', 'holds no samples');
    } catch (error) {
      throw this.withWhatWasKept(error);
    }
  }

  private async readAndWrite(bytes: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const group of readLines(bytes, MAX_LINE_LENGTH)) {
        for (const { line, text } of group) {
          this.line = line;
          if (text === null)
            throw new SampleRefusal('VALIDATION_FAILED', '', `is longer than ${MAX_LINE_LENGTH} characters`);
          this.lines.read(text, this.samples.add);
          if (this.samples.size >= CHUNK_SAMPLES) this.endChunk();
          if (this.chunks.length === CHUNKS_AT_ONCE) await this.flush();
        }
        if (group.length === 0) await this.flush();
      }
      this.endChunk();
    } finally {
      // The chunks before a line at fault, too.
      await this.flush();
    }
  }

  private endChunk(): void {
    if (this.samples.size > 0) this.chunks.push({ samples: this.samples, lastLine: this.line });
    this.samples = new SampleCollection();
  }

  private async flush(): Promise<void> {
    const { chunks } = this;
    this.chunks = [];
    if (chunks.length > 0) await this.write(chunks);
  }

  private async write(chunks: Chunk[]): Promise<void> {
    const collections = chunks.map(({ samples }) => samples);
    const size = collections.reduce((sum, samples) => sum + samples.size, 0);
    try {
      const result = await this.writer.writeColumns(SampleCollection.columns(collections));
      this.kept.overwritten += overwrittenIn(size, result);
    } catch (error) {
      const isOneAtFault = error instanceof AppError && error.kind === 'unprocessable';
      if (!isOneAtFault || chunks.length === 1) throw error;
      for (const chunk of chunks) await this.write([chunk]);
      return;
    }
    this.kept.accepted += size;
    this.kept.chunks += chunks.length;
    this.keptThroughLine = chunks[chunks.length - 1].lastLine;
  }

  private withWhatWasKept(error: unknown): unknown {
    const kept = { ...this.kept, kept_through_line: this.keptThroughLine };
    if (error instanceof NotTextError) {
      const { line, encoding } = error;
      const notText = new SampleRefusal('VALIDATION_FAILED', '', `is not text in ${encoding}`);
      return refusal(notText, `line ${line}`, { line, ...kept });
    }
    if (error instanceof SampleRefusal)
      return refusal(error, `line ${this.line}`, { line: this.line, ...kept });
    if (!(error instanceof AppError)) return error;
    const { kind, code, message, fields, retryAfterSeconds } = error;
    return new AppError({
      kind,
      code,
      message,
      fields,
      retryAfterSeconds,
      details: { ...error.details, ...kept },
      cause: error,
    });
  }
}

/** Samples that replaced another: one that was stored before, or one sent before it. */
function overwrittenIn(sent: number, { written, overwritten }: WriteResult): number {
  return overwritten + sent - written;
}

function batchOf(body: unknown): { samples: unknown[]; records: unknown[] } {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw AppError.invalid('body', 'must be an object with samples, records or both');
  const { samples = [], records = [], ...others } = body as Record<string, unknown>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw AppError.invalid(unknown.slice(0, 60), 'should not exist');
  if (!Array.isArray(samples)) throw AppError.invalid('samples', 'must be an array');
  if (!Array.isArray(records)) throw AppError.invalid('records', 'must be an array');
  if (samples.length + records.length === 0)
    throw AppError.invalid('samples', 'or records must hold something');
  if (samples.length + records.length > MAX_BATCH_SAMPLES) throw batchTooLarge();
  return { samples, records };
}

function placed<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof SampleRefusal ? refusal(error, place, {}) : error;
  }
}

function refusal(
  { code, field, message }: SampleRefusal,
  place: string,
  details: Record<string, unknown>,
): AppError {
  const where = field === '' ? place : `${place}.${field}`.replace(/^(line \d+)\./, '$1, ');
  return new AppError({
    kind: code === 'VALIDATION_FAILED' ? 'invalid' : 'unprocessable',
    code,
    message: `${where}: ${message}`,
    fields: [{ field: where, message }],
    details,
  });
}

function batchTooLarge(): AppError {
  return new AppError({
    kind: 'too_large',
    code: 'BATCH_TOO_LARGE',
    message: `A JSON batch may hold ${MAX_BATCH_SAMPLES} samples; send NDJSON or CSV, or several batches`,
  });
}
