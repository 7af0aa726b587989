import { Injectable } from '@nestjs/common';
import { AppError, Database, isoTime, Metrics } from '#platform';
import {
  addRollup,
  bucketRanges,
  BUCKETS_MS,
  coarsen,
  QUARTER_MS,
  type Rollup,
  rollupKey,
  rollupsOfColumn,
  samplesIn,
} from '../rollup/rollup.js';
import { FineRollups, seamBuckets, type WrittenQuarter } from '../rollup/fine-rollups.service.js';
import { RollupRepository, type SampleStretch } from '../rollup/rollup.repository.js';
import {
  columnsOfPoints,
  columnsOfRecords,
  MAX_MAGNITUDE,
  MAX_TS,
  type SampleColumn,
  type SamplePoint,
  type SampleRecord,
} from '../samples/sample-columns.js';
import { SampleFeed } from '../samples/sample-feed.service.js';
import { SampleRepository } from '../samples/sample.repository.js';
import { TagDirectory } from '../samples/tag-directory.service.js';

/** What a write did. */
export interface WriteResult {
  /** Samples stored, counting a tag and time once. */
  written: number;
  /** Those of them that replaced an older value. */
  overwritten: number;
}

/** The only way samples get into the database: samples, rollups and the ingest log change in one transaction. */
@Injectable()
export class SampleWriter {
  private readonly ingested;
  private readonly latency;

  constructor(
    private readonly database: Database,
    private readonly samples: SampleRepository,
    private readonly rollups: RollupRepository,
    private readonly fine: FineRollups,
    private readonly feed: SampleFeed,
    private readonly tags: TagDirectory,
    metrics: Metrics,
  ) {
    this.ingested = metrics.counter('ingest_samples_total', 'Samples written, overwritten ones included');
    this.latency = metrics.histogram(
      'ingest_write_duration_seconds',
      'Time one transaction of samples takes',
      [],
      [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    );
  }

  /**
   * Writes samples in one transaction, joining the open one. A tag and time that exists is overwritten.
   * @throws AppError SAMPLE_INVALID (value or time that is no number), TAG_NOT_FOUND, SAMPLE_TOO_OLD
   */
  write(points: readonly SamplePoint[]): Promise<WriteResult> {
    return this.writeColumns(columnsOfPoints(points));
  }

  /**
   * Writes whole records of the plant in one transaction, joining the open one. NaN stands for a missing value.
   * @throws AppError SAMPLE_INVALID, SAMPLE_TOO_OLD
   */
  async writeRecords(records: readonly SampleRecord[]): Promise<WriteResult> {
    return this.writeColumns(columnsOfRecords(await this.tags.plantTagIds(), records));
  }

  /**
   * Writes columns of different tags in one transaction, joining the open one.
   * @throws AppError as `write`
   */
  async writeColumns(columns: readonly SampleColumn[]): Promise<WriteResult> {
    if (columns.length === 0) return { written: 0, overwritten: 0 };
    columns.forEach(requireNumbers);
    const started = performance.now();
    const written = columns.reduce((sum, { ts }) => sum + ts.length, 0);
    const result = await this.database.transaction(async () => {
      await this.lock(columns);
      const overwritten = await this.store(columns);
      await this.feed.append(firstTs(columns), lastTs(columns), written);
      return { written, overwritten };
    });
    this.ingested.inc(written);
    this.latency.observe((performance.now() - started) / 1_000);
    return result;
  }

  private async lock(columns: readonly SampleColumn[]): Promise<void> {
    const known = await this.samples.lockTags(columns.map(({ tagId }) => tagId));
    if (known < columns.length)
      throw new AppError({
        kind: 'unprocessable',
        code: 'TAG_NOT_FOUND',
        message: 'A tag is not registered',
      });
    const sweptBefore = await this.samples.sweptBefore();
    if (firstTs(columns) < sweptBefore)
      throw AppError.unprocessable(
        'SAMPLE_TOO_OLD',
        `Samples before ${isoTime(sweptBefore)} have been rolled up for good; nothing can be added there`,
      );
  }

  /** @returns how many samples were overwritten */
  private async store(columns: readonly SampleColumn[]): Promise<number> {
    const pieces = columns.flatMap(quarterPieces);
    const added = pieces.map((piece) => piece.added);
    const levels = [new Map(added.map((part) => [keyOf(part), part]))];
    for (const bucketMs of BUCKETS_MS.slice(1)) levels.push(coarsen(added, bucketMs));
    const touched = levels.flatMap((level) => [...level.values()]);
    const found = await this.rollups.find(bucketRanges([...touched, ...pieces.flatMap(seamBuckets)]));
    const stored = new Map(found.map((rollup) => [keyOf(rollup), rollup]));
    const overlapping = added.filter((part) => overlaps(part, stored.get(keyOf(part))));
    const uncertain = await this.overwriting(overlapping);
    await this.samples.upsert(columns);
    if (uncertain.length > 0) return this.storeUncertain(pieces, levels, stored, uncertain);
    const after = new Map(touched.map((part) => [keyOf(part), sumOf(part, stored.get(keyOf(part)))]));
    const fine = await this.fine.follow(
      pieces.map((piece) => writtenQuarter(piece, stored, after, false)),
      stored,
    );
    await this.rollups.upsert([...fine, ...after.values()], { tagsLocked: true });
    return 0;
  }

  /** Those rollups of what is to be written of which a sample may replace one that is stored. */
  private async overwriting(added: Rollup[]): Promise<Rollup[]> {
    if (added.length === 0) return [];
    const stretches = new Map<string, SampleStretch & { tagIds: number[] }>();
    for (const { tagId, fromTs, toTs } of added) {
      const key = `${fromTs}:${toTs}`;
      const known = stretches.get(key);
      if (known) known.tagIds.push(tagId);
      else stretches.set(key, { tagIds: [tagId], from: fromTs, to: toTs + 1 });
    }
    const occupied = await this.samples.findOccupied([...stretches.values()]);
    return added.filter(({ tagId, fromTs, toTs }) => occupied.has(`${tagId}:${fromTs}:${toTs + 1}`));
  }

  /**
   * Where a sample may have replaced another, sums cannot be corrected: those buckets are computed again, the finest
   * from the samples, the others from the buckets they consist of.
   */
  private async storeUncertain(
    pieces: QuarterPiece[],
    levels: Map<string, Rollup>[],
    stored: Map<string, Rollup>,
    uncertain: Rollup[],
  ): Promise<number> {
    let again = uncertain;
    let overwritten = 0;
    for (const [depth, level] of levels.entries()) {
      const fresh =
        depth === 0
          ? await this.rollups.computeFromSamples(bucketRanges(again))
          : await this.rollups.computeFromFiner(bucketRanges(again), BUCKETS_MS[depth - 1]);
      const freshByKey = new Map(fresh.map((rollup) => [keyOf(rollup), rollup]));
      const after = new Map(
        [...level].map(([key, part]) => [key, freshByKey.get(key) ?? sumOf(part, stored.get(key))]),
      );
      if (depth === 0) {
        for (const part of again) {
          const before = storedSamples(stored.get(keyOf(part)));
          overwritten += samplesIn(part) - (storedSamples(freshByKey.get(keyOf(part))) - before);
        }
        const fine = await this.fine.follow(
          pieces.map((piece) => writtenQuarter(piece, stored, after, freshByKey.has(keyOf(piece.added)))),
          stored,
        );
        await this.rollups.upsert(fine);
      }
      await this.rollups.upsert([...after.values()]);
      if (depth + 1 < levels.length) again = [...coarsen(again, BUCKETS_MS[depth + 1]).values()];
    }
    return overwritten;
  }
}

/** The samples `[start, end)` of a column, which lie in one quarter. */
interface QuarterPiece {
  column: SampleColumn;
  start: number;
  end: number;
  added: Rollup;
}

function keyOf({ tagId, bucketMs, bucket }: Rollup): string {
  return rollupKey(tagId, bucketMs, bucket);
}

/** Every stored sample of the bucket lies between its first and last time: whatever lies outside is new. */
function overlaps(added: Rollup, stored: Rollup | undefined): boolean {
  return stored !== undefined && added.toTs >= stored.fromTs && added.fromTs <= stored.toTs;
}

function sumOf(added: Rollup, stored: Rollup | undefined): Rollup {
  if (!stored) return added;
  const sum = { ...stored };
  addRollup(sum, added);
  return sum;
}

function storedSamples(rollup: Rollup | undefined): number {
  return rollup === undefined ? 0 : samplesIn(rollup);
}

function quarterPieces(column: SampleColumn): QuarterPiece[] {
  let end = 0;
  return rollupsOfColumn(column, QUARTER_MS).map((added) => {
    const start = end;
    end += samplesIn(added);
    return { column, start, end, added };
  });
}

function writtenQuarter(
  { column, start, end, added }: QuarterPiece,
  stored: ReadonlyMap<string, Rollup>,
  afterWrite: ReadonlyMap<string, Rollup>,
  overwrites: boolean,
): WrittenQuarter {
  const before = stored.get(keyOf(added));
  const after = afterWrite.get(keyOf(added)) ?? added;
  after.finestMs = before?.finestMs ?? 0;
  return { column, start, end, before, after, overwrites };
}

function requireNumbers({ ts, values }: SampleColumn): void {
  if (!values.every((value) => Math.abs(value) <= MAX_MAGNITUDE))
    throw AppError.unprocessable('SAMPLE_INVALID', 'A value is not a finite number, or beyond 1e100');
  if (!ts.every((time) => Number.isSafeInteger(time) && time >= 0 && time <= MAX_TS))
    throw AppError.unprocessable('SAMPLE_INVALID', 'A time is not one of the years 1970 to 9999');
}

function firstTs(columns: readonly SampleColumn[]): number {
  return columns.reduce((first, { ts }) => Math.min(first, ts[0]), Infinity);
}

function lastTs(columns: readonly SampleColumn[]): number {
  return columns.reduce((last, { ts }) => Math.max(last, ts[ts.length - 1]), -Infinity);
}
